import { width } from './terminal';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Rows under titles, columns two spaces apart, no line with trailing spaces. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ''))));
  return lines.map((line) =>
    columns
      .map(({ align }, index) => {
        const cell = line[index] ?? '';
        const space = ' '.repeat((widths[index] ?? 0) - width(cell));
        return align === 'left' ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}
