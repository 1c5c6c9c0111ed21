// Turns a table of cuts into a slider: one cut at a time. Without this it is a table.
for (const figure of document.querySelectorAll(".cuts")) {
  const rows = [...figure.querySelectorAll("tbody tr")];
  const slider = Object.assign(document.createElement("input"), {
    type: "range",
    min: 1,
    max: rows.length,
    value: Math.min(4, rows.length),
  });
  slider.setAttribute("aria-label", "After which byte the stream is cut");
  const show = () => {
    rows.forEach((row, index) => (row.hidden = index + 1 !== slider.valueAsNumber));
    const [first, second] = rows[slider.value - 1].querySelectorAll("code");
    slider.setAttribute("aria-valuetext", `${first.textContent}, cut, ${second.textContent}`);
  };
  const all = Object.assign(document.createElement("button"), { type: "button", textContent: "All cuts" });
  all.addEventListener("click", () => {
    const hidden = rows.some((row) => row.hidden);
    if (hidden) rows.forEach((row) => (row.hidden = false));
    else show();
    slider.hidden = hidden;
    all.textContent = hidden ? "One at a time" : "All cuts";
  });
  slider.addEventListener("input", show);
  figure.prepend(slider, all);
  show();
}
