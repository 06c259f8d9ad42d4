"""Attachments: files made by real producers from the farm's reports, and how much of them is read."""
