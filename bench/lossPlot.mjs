const WIDTH = 720;
const HEIGHT = 360;
const MARGIN = { left: 56, right: 16, top: 34, bottom: 44 };
const COLOURS = ['#0969da', '#bf5700'];

/** Loss curves as SVG: this engine as a line, PyTorch as dots on it. Readable on light and dark pages. */
export function lossPlot(curves) {
  const steps = curves[0].ours.length;
  const top = Math.ceil(Math.max(...curves.flatMap(({ ours, theirs }) => [...ours, ...theirs])));
  const x = (step) => MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * step) / (steps - 1);
  const y = (loss) => HEIGHT - MARGIN.bottom - ((HEIGHT - MARGIN.top - MARGIN.bottom) * loss) / top;
  const grid = Array.from({ length: top / 2 + 1 }, (_, index) => 2 * index).map(
    (loss) =>
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(loss)}" y2="${y(loss)}" stroke="#8884"/>` +
      `<text x="${MARGIN.left - 8}" y="${y(loss) + 4}" text-anchor="end">${loss}</text>`,
  );
  const ticks = [1, 10, 20, 30, 40, 50]
    .filter((step) => step <= steps)
    .map((step) => `<text x="${x(step - 1)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${step}</text>`);
  const lines = curves.map(({ name, ours, theirs }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const points = ours.map((loss, step) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(' ');
    const dots = theirs.map(
      (loss, step) => `<circle cx="${x(step).toFixed(1)}" cy="${y(loss).toFixed(1)}" r="2.6" fill="${colour}"/>`,
    );
    const at = MARGIN.left + 12 + 300 * index;
    return (
      `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots.join('')}` +
      `<line x1="${at}" x2="${at + 22}" y1="18" y2="18" stroke="${colour}" stroke-width="1.5"/>` +
      `<circle cx="${at + 140}" cy="18" r="2.6" fill="${colour}"/>` +
      `<text x="${at + 28}" y="22">${name}, here</text><text x="${at + 148}" y="22">PyTorch</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#808890" role="img" aria-label="Training loss by step in this engine and in PyTorch">
${[...grid, ...ticks, ...lines].join('\n')}
<text x="${(WIDTH + MARGIN.left) / 2}" y="${HEIGHT - 8}" text-anchor="middle">step</text>
<text transform="translate(16 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">loss, nats</text>
</svg>
`;
}
