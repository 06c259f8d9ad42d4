// Keeps the bar and the address true when the archived page in the frame leads to another.
const bar = document.getElementById("bar");
const replayed = document.getElementById("replayed");
const origin = new URL(replayed.src).origin;
addEventListener("message", (event) => {
  const said = event.data;
  if (event.source !== replayed.contentWindow || event.origin !== origin || said?.wb_type !== "load") return;
  const stamp = String(said.ts), url = String(said.url);
  if (!/^\d{14}$/.test(stamp) || !/^https?:\/\//.test(url)) return;
  document.title = `${said.title || url} · nianbao`;
  if (stamp === bar.dataset.stamp && url === bar.dataset.url) return;
  bar.dataset.stamp = stamp;
  bar.dataset.url = url;
  history.replaceState(null, "", `/replay/${stamp}/${url}`);
  document.getElementById("at").textContent = stamp.replace(/(....)(..)(..)(..)(..)(..)/, "$1-$2-$3 $4:$5:$6 UTC");
  document.getElementById("url").textContent = url;
  document.getElementById("all").href = `/calendar/${url}`;
  for (const old of bar.querySelectorAll(".beside, .report, .word")) old.remove();  // they were about the page before
});
