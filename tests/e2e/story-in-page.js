// What a story looks at inside the page: evaluated there as text, so it is plain JavaScript and imports nothing. For tests only.
({
  /** Every visible, enabled button, link, tab, choice and summary within `scope`; each gets its number in data-press. Choosing again what is chosen is no choice. */
  pressables(scope) {
    const root = document.querySelector(scope);
    if (!root) throw new Error(`there is no ${scope}`);
    for (const one of document.querySelectorAll("[data-press]")) delete one.dataset.press;
    const seen = new Map();
    const found = [];
    for (const one of root.querySelectorAll("button, a[href], summary, input[type=checkbox], input[type=radio]")) {
      const box = one.getBoundingClientRect();
      const shown = box.width > 1 && box.height > 1 && one.checkVisibility({ visibilityProperty: true });
      const chosen =
        one.matches("[role=radio][aria-checked=true], [role=tab][aria-selected=true], input[type=radio]:checked") || (one.href !== undefined && one.href === location.href);
      if (!shown || chosen || one.matches(":disabled, .skip")) continue;
      const name = (one.getAttribute("aria-label") ?? one.closest("label")?.textContent ?? one.textContent ?? "").replace(/\s+/g, " ").trim();
      const group = one.parentElement?.closest("section, nav, header, ul, ol, [role=group], [role=radiogroup]")?.getAttribute("aria-label") ?? "";
      const own = [...one.classList].find((word) => !word.startsWith("svelte-")) ?? "";
      const named = own === "btn" || one.matches("[role=tab], [role=radio], header a, input");
      const kind = `${group} ${one.tagName} ${own} ${named ? name.replace(/:.*|[\d.]+/g, "") : ""}`.replace(/ +/g, " ").trim();
      const nth = seen.get(kind + name) ?? 0;
      seen.set(kind + name, nth + 1);
      one.dataset.press = String(found.length);
      found.push({ kind, name, nth });
    }
    return found;
  },

  /** What a person would see of an act, without what changes by itself: figures, times, lines of the feed. */
  visibleState() {
    const all = (selector) => [...document.querySelectorAll(selector)];
    return JSON.stringify([
      location.pathname + location.hash,
      all("[role=dialog], [role=alertdialog], dialog[open]").map((one) => one.getAttribute("aria-label")),
      all(".toast p").map((one) => one.textContent),
      all("[aria-selected=true], [aria-checked=true], [aria-pressed=true], [aria-current]").map((one) => one.textContent),
      all("input[type=checkbox], input[type=radio]").map((one) => one.checked),
      all("details[open]").length,
      all("form[aria-label]").map((one) => one.getAttribute("aria-label")),
      all(".ask").length,
      all(".answer p, .said, .log > *").length,
      // A critical incident turns the deck by itself; the theme one chose is told by what is checked.
      { ...document.documentElement.dataset, theme: undefined },
      all(".hold").map((one) => one.textContent),
      document.activeElement?.id,
    ]);
  },

  /** Tabs that are not wholly within their row and the window. */
  hiddenTabs() {
    return [...document.querySelectorAll('[role="tab"]')].flatMap((one) => {
      const row = one.parentElement.getBoundingClientRect();
      const at = one.getBoundingClientRect();
      return at.left >= row.left - 1 && at.right <= row.right + 1 && at.right <= innerWidth && at.width > 0 ? [] : [one.textContent];
    });
  },

  /** Texts drawn smaller than `least` pixels. */
  smallTexts(least) {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const small = new Set();
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (!textContent.trim() || !parentElement.checkVisibility()) continue;
      const size = Number.parseFloat(getComputedStyle(parentElement).fontSize);
      const box = parentElement.getBoundingClientRect();
      if (size > 0 && size < least - 0.01 && box.width > 1) small.add(`${textContent.trim().slice(0, 30)} ${size}px`);
    }
    return [...small];
  },

  /** Things to press that are smaller than `least` in height or width; a link within a sentence and what a label enlarges are not meant. */
  smallTargets(least) {
    return [...document.querySelectorAll("button, a[href], summary, [role=tab], input[type=checkbox], input[type=radio]")].flatMap((one) => {
      const box = (one.closest("label") ?? one).getBoundingClientRect();
      const inSentence = one.tagName === "A" && getComputedStyle(one).display === "inline";
      if (box.width <= 1 || !one.checkVisibility({ visibilityProperty: true }) || inSentence || one.matches(".skip, .cell")) return [];
      return box.height >= least - 0.5 && box.width >= Math.min(least, 24) - 0.5
        ? []
        : [`${one.tagName} ${(one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 30)} ${Math.round(box.width)}x${Math.round(box.height)}`];
    });
  },

  /** How many pixels of a picture are nearer than `reach` to one of these colours, outside the boxes left out. */
  async pixelsLike({ picture, colours, reach, without }) {
    const image = new Image();
    image.src = picture;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    for (const { x, y, width, height } of without) canvas.clearRect(x - 4, y - 4, width + 8, height + 8);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (colours.some(([red, green, blue]) => Math.hypot(data[at] - red, data[at + 1] - green, data[at + 2] - blue) < reach)) count += 1;
    }
    return count;
  },
});
