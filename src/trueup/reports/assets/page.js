"use strict";
// Filters and sorts the heat maps. Without this script the page shows everything.
const rank = { n: 0, b: 1, u: 2, s: 3, w: 4, x: 5 };
const styleOf = (cell) => Object.keys(rank).find((name) => cell.classList.contains(name)) || "x";

for (const matrix of document.querySelectorAll("[data-matrix]")) {
  const table = matrix.querySelector(".map");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const minors = heads.map((head) => head.dataset.key);
  const controls = matrix.querySelector(".controls");
  const filter = controls.querySelector("[data-filter]");
  const show = controls.querySelector("[data-show]");
  const count = controls.querySelector("[data-count]");
  const blocks = (cell) => ["b", "n"].includes(styleOf(cell));
  const wanted = {
    all: () => true,
    blocked: (row) => [...row.cells].slice(1).some(blocks),
    direct: (row) => row.classList.contains("direct"),
  };

  const apply = () => {
    const text = filter.value.trim().toLowerCase();
    const column = show.value.startsWith("on-") ? minors.indexOf(show.value.slice(3)) : -1;
    const fits = column > 0 ? (row) => blocks(row.cells[column]) : wanted[show.value];
    let shown = 0;
    for (const row of rows) {
      row.hidden = !(row.cells[0].textContent.toLowerCase().includes(text) && fits(row));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${rows.length} shown`;
  };

  const sortBy = (head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const name = (row) => row.cells[0].textContent;
    const value = (row) => (column === 0 ? 0 : rank[styleOf(row.cells[column])]);
    const compare = (a, b) =>
      column === 0 ? name(a).localeCompare(name(b), "en") : value(a) - value(b) || 0;
    const sorted = [...rows].sort((a, b) => (down ? compare(b, a) : compare(a, b)));
    body.append(...sorted);
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.title = column === 0 ? "Sort by name" : "Sort by this Python";
    button.addEventListener("click", () => sortBy(head, column));
    head.append(button);
  });
  filter.addEventListener("input", apply);
  show.addEventListener("change", apply);
  controls.hidden = false;
  if (rows.length > 30 && rows.some(wanted.blocked)) show.value = "blocked";
  apply();
}

// A link into folded or scrolled content opens it and moves the focus there, for keyboards and screen readers.
const follow = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const folded = target.querySelector(":scope > details");
  if (folded) folded.open = true;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", follow);
follow();

// On paper, everything that is folded is open, but for the evidence.
let opened = [];
addEventListener("beforeprint", () => {
  const folded = [...document.querySelectorAll("details:not([open], .evidence)")];
  for (const details of folded) details.open = true;
  opened.push(...folded);
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
  opened = [];
});
