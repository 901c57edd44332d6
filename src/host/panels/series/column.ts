/** Values that a new column has room for; a short run never grows it. */
const FIRST_CAPACITY = 1024;

/** An append-only column of numbers that doubles its memory when full. */
export class Column {
  private values = new Float64Array(FIRST_CAPACITY);
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Value at `index`, NaN outside the column. */
  at(index: number): number {
    return index < this.count ? (this.values[index] ?? NaN) : NaN;
  }

  last(): number {
    return this.at(this.count - 1);
  }

  push(value: number): void {
    if (this.count === this.values.length) {
      const grown = new Float64Array(2 * this.values.length);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count++] = value;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  clear(): void {
    this.count = 0;
  }

  /** Index of the first value ≥ `value` in `[from, length)` of a column that never falls; `length` if there is none. */
  lowerBound(value: number, from = 0): number {
    return this.bound(value, from, true);
  }

  /** Index of the first value > `value`, likewise. */
  upperBound(value: number, from = 0): number {
    return this.bound(value, from, false);
  }

  /** Index of the value nearest to `value` in a column that never falls, −1 in an empty one. */
  nearest(value: number): number {
    const above = this.lowerBound(value);
    if (above === this.count) return this.count - 1;
    return above > 0 && value - this.at(above - 1) < this.at(above) - value ? above - 1 : above;
  }

  /** By far the most called function of a window: no closure, no checks. */
  private bound(value: number, from: number, isEqualPast: boolean): number {
    const { values } = this;
    let low = from;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const candidate = values[middle] as number;
      if (candidate > value || (isEqualPast && candidate === value)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
