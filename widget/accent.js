/** The shop's colour: any CSS colour, with black or white on it, whichever reads better. */

/** Style sheets to add for this accent: none if it is no colour. */
export function accentSheet(accent) {
  if (!accent || !CSS.supports("color", accent)) return [];
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":host { }");
  const { style } = sheet.cssRules[0];
  style.setProperty("--accent", accent);
  style.setProperty("--on-accent", luminance(accent) > 0.179 ? "#000" : "#fff"); // equal contrast with both: 0.179
  return [sheet];
}

/** Relative luminance, 0 to 1, as WCAG 2 defines it. */
function luminance(color) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = Array.from(canvas.getImageData(0, 0, 1, 1).data, (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
