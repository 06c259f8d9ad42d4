// Hides portals and rows whose names do not hold what is typed.
const typed = document.getElementById("filter");
typed.addEventListener("input", () => {
  const wanted = typed.value.trim().toLowerCase();
  let found = false;
  for (const portal of document.querySelectorAll("section.portal")) {
    const named = portal.querySelector("h2").textContent.toLowerCase().includes(wanted);
    let some = named;
    for (const row of portal.querySelectorAll("tbody tr")) {
      row.hidden = !named && !row.querySelector("th").textContent.toLowerCase().includes(wanted);
      some ||= !row.hidden;
    }
    portal.hidden = !some;
    found ||= some;
  }
  document.getElementById("none").hidden = found;
});
