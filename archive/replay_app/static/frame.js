// Keeps the bar and the address true when the archived page in the frame leads to another. What the page says of itself is no
// proof: it hands over a token, and the server says which capture it wrote that token into. A document that loads without one
// (a picture, a PDF, a script's own) has no known address.
const bar = document.getElementById("bar");
const replayed = document.getElementById("replayed");
const origin = new URL(replayed.src).origin;
let asked = Promise.resolve();  // one after the other: what is told last was shown last
let told = true;  // of the first document, which is the one that this page names
let title = "";

function entitle() {
  document.title = [title, bar.dataset.url || "unknown address", "nianbao"].filter(Boolean).join(" · ");
}

function show(stamp, url) {
  if (stamp === bar.dataset.stamp && url === bar.dataset.url) return;
  bar.dataset.stamp = stamp;
  bar.dataset.url = url;
  if (url) history.replaceState(null, "", `/replay/${stamp}/${url}`);
  else history.replaceState(null, "", "/#unknown");
  document.getElementById("at").textContent = stamp.replace(/(....)(..)(..)(..)(..)(..)/, "$1-$2-$3 $4:$5:$6 UTC");
  document.getElementById("url").textContent = url || "The page has moved on; its address is not known.";
  document.getElementById("all").href = url ? `/calendar/${url}` : "/";
  for (const old of bar.querySelectorAll(".beside, .report, .word")) old.remove();  // they were about the page before
  entitle();
}

async function resolve(token) {
  const shown = await (await fetch(`/served/${encodeURIComponent(token)}`)).json();
  if (!shown) return;
  told = true;
  show(shown.stamp, shown.url);
}

addEventListener("message", (event) => {
  const said = event.data;
  if (event.source !== replayed.contentWindow || event.origin !== origin || !said) return;
  if (typeof said.served === "string") {
    title = "";
    asked = asked.then(() => resolve(said.served)).catch((error) => console.error(error));
  } else if (Array.isArray(said.again)) {
    const [stamp, url] = said.again.map(String);
    if (/^\d{4,14}$/.test(stamp) && /^https?:\/\//.test(url)) replayed.src = `${origin}/replay/${stamp}mp_/${url}`;
  } else if (said.wb_type === "load") {
    title = String(said.title || "").slice(0, 200);  // the page's own words, always before its address
    entitle();
  }
});
replayed.addEventListener("load", () => {
  asked = asked.then(() => {
    if (!told) show("", "");
    told = false;
  });
});
