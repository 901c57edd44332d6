import { Column } from './column';
import { ExtremaPyramid } from './extremaPyramid';

/** Points to draw, from left to right; a NaN in `y` is a gap. */
export interface Curve {
  readonly x: Float64Array<ArrayBuffer>;
  readonly y: Float64Array<ArrayBuffer>;
}

/** A stretch of an x-axis. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One measured figure, append only, NaN where it has no value. Answers any window with what a screen can show of it. */
export class Series {
  private readonly column = new Column();
  private readonly pyramid = new ExtremaPyramid(this.column);

  get values(): Pick<Column, 'length' | 'at' | 'last'> {
    return this.column;
  }

  push(value: number): void {
    this.column.push(value);
    this.pyramid.append();
  }

  clear(): void {
    this.column.clear();
    this.pyramid.clear();
  }

  /** Index of the least value, undefined without one. */
  least(): number | undefined {
    return this.pyramid.extrema(0, this.column.length)?.least;
  }

  /** Greatest value, NaN without one. */
  greatest(): number {
    const index = this.pyramid.extrema(0, this.column.length)?.greatest;
    return index === undefined ? NaN : this.column.at(index);
  }

  /**
   * The points within `span` of the axis `x`, and a neighbour on either side so that lines leave the frame. If there
   * are more than two a pixel column, each column gives its least and its greatest value, at their true places: no
   * spike is lost, and no more than 2·columns + 2 points come back.
   *
   * @param x place of each value on the axis; never falls
   */
  window(x: Column, span: Span, columns: number): Curve {
    const start = x.lowerBound(span.from);
    const end = x.upperBound(span.to, start);
    const indices: number[] = [];
    if (start > 0) indices.push(start - 1);
    if (end - start <= 2 * columns) {
      for (let index = start; index < end; index++) indices.push(index);
    } else {
      this.thin(x, start, end, span, columns, indices);
    }
    if (end < this.column.length) indices.push(end);
    return {
      x: Float64Array.from(indices, (index) => x.at(index)),
      y: Float64Array.from(indices, (index) => this.column.at(index)),
    };
  }

  private thin(x: Column, start: number, end: number, span: Span, columns: number, indices: number[]): void {
    const width = (span.to - span.from) / columns;
    let index = start;
    for (let column = 1; column <= columns && index < end; column++) {
      const next = column === columns ? end : x.lowerBound(span.from + column * width, index);
      if (next === index) continue;
      const extrema = this.pyramid.extrema(index, next);
      if (extrema === undefined) {
        indices.push(index); // a gap
      } else {
        const { least, greatest } = extrema;
        indices.push(Math.min(least, greatest));
        if (least !== greatest) indices.push(Math.max(least, greatest));
      }
      index = next;
    }
  }
}
