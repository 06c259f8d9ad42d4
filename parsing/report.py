"""What a parser of the statutory report returns. Names follow domain.md parts 1 and 7."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from parsing.document import Strict


class FormatVersion(StrEnum):
    """Which statutory format the labels say the report has (domain.md 1.8)."""

    fmt_2021 = "fmt_2021"
    fmt_2019 = "fmt_2019"
    stat_2014 = "stat_2014"
    pre2014_table = "pre2014_table"
    freeform = "freeform"
    mixed = "mixed"
    unknown = "unknown"


class AdminLevel(StrEnum):
    central = "central"
    province = "province"
    prefecture = "prefecture"
    county = "county"
    township = "township"
    functional_zone = "functional_zone"


class Confidence(StrEnum):
    high = "high"
    medium = "medium"
    low = "low"


class Report(Strict):
    """Whose report it is, for which year, in which format. None means that the page does not say."""

    schema_version: str = "1"
    organ: str | None = Field(default=None, description="Issuing body")
    report_year: int | None = None
    year_confidence: Confidence = Confidence.low
    claimed_year: int | None = Field(default=None, description="The year in the title, true or not")
    format_version: FormatVersion = FormatVersion.unknown
    division_code: str | None = Field(default=None, description="GB/T 2260, six digits")
    admin_level: AdminLevel | None = None
    portal: str | None = Field(default=None, description="Name of the portal the report was published on")
