// @ts-check

/** @typedef {{ name: string, width: number, pixels: string }} Canvas what is on a canvas, four bytes a pixel in base64 */

/** All canvases of the charts in a panel; runs in its page. @param {Element} panel @returns {Canvas[]} */
export function canvasesOf(panel) {
  const charts = panel.shadowRoot?.querySelectorAll('mora-curve-chart') ?? [];
  return [...charts].flatMap((chart, index) =>
    [...(chart.shadowRoot?.querySelectorAll('canvas') ?? [])].map((canvas) => {
      const { width, height } = canvas;
      const image = canvas.getContext('2d')?.getImageData(0, 0, width, height);
      const bytes = /** @type {any} */ (new Uint8Array(image?.data.buffer ?? []));
      return { name: `chart ${index} ${canvas.className || 'frame'}`, width, pixels: bytes.toBase64() };
    }),
  );
}

/** Where and by how much two canvases differ, empty when they do not. @param {Canvas} one @param {Canvas | undefined} other */
export function difference({ name, width, pixels }, other) {
  const [some, others] = [Buffer.from(pixels, 'base64'), Buffer.from(other?.pixels ?? '', 'base64')];
  if (some.length !== others.length) return `${name}: another size`;
  let [count, most, left, right] = [0, 0, width, 0];
  for (let pixel = 0; pixel < some.length; pixel += 4) {
    let off = 0;
    for (let at = pixel; at < pixel + 4; at++) off = Math.max(off, Math.abs((some[at] ?? 0) - (others[at] ?? 0)));
    if (off === 0) continue;
    count++;
    most = Math.max(most, off);
    left = Math.min(left, (pixel / 4) % width);
    right = Math.max(right, (pixel / 4) % width);
  }
  return count === 0 ? '' : `${name}: ${count} pixels from ${left} to ${right} of ${width}, by ${most} of 255 at most`;
}
