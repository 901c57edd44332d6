import { UserError } from '../../../config/userError';
import { MAX_LINE_BYTES } from './lines';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The name of the list in {"data": [...]}. */
const LIST_KEY = 'data';

/**
 * Cuts the items out of a JSON list, or of the list "data" of an object, as its bytes arrive. It looks only at strings,
 * brackets and commas, which are ASCII in UTF-8; whoever parses an item finds what else is wrong with it. A parser that
 * builds values would keep everything that stands beside the list.
 */
export class JsonListSplitter {
  private depth = 0;
  /** Depth of the items of the list that is being read; 0 outside one. */
  private listDepth = 0;
  private isInString = false;
  private isEscaped = false;
  /** Of an object at the root: its last string, which may be a key, and the key whose value comes. */
  private string = '';
  private key: string | undefined;
  private hasEnded = false;
  /** What there is of an item, from chunks before. */
  private parts: Buffer[] = [];
  private length = 0;
  private itemCount = 0;
  private isAfterComma = false;
  private hasFoundList = false;

  constructor(private readonly file: string) {}

  /** Whether there was a list at all. */
  get foundList(): boolean {
    return this.hasFoundList;
  }

  /** The items that end in these bytes. Throws a UserError when it cannot be JSON. */
  push(bytes: Buffer): Buffer[] {
    const items: Buffer[] = [];
    let itemStart = 0;
    const take = (end: number): void => {
      this.keep(bytes.subarray(itemStart, end));
      const item = Buffer.concat(this.parts);
      this.parts = [];
      this.length = 0;
      const isEmpty = item.every(isSpace);
      // A list without items has nothing between its brackets; anything else has an item on both sides of a comma.
      if (!isEmpty || this.isAfterComma) {
        this.itemCount++;
        items.push(item);
      }
    };
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.isInString) {
        if (this.isEscaped) this.isEscaped = false;
        else if (byte === BACKSLASH) this.isEscaped = true;
        else if (byte === QUOTE) this.isInString = false;
        if (this.isInString && this.depth === 1 && this.string.length <= LIST_KEY.length) {
          this.string += String.fromCharCode(byte);
        }
        continue;
      }
      switch (byte) {
        case QUOTE:
          this.refuseAfterEnd(byte);
          this.isInString = true;
          this.string = '';
          break;
        case OPEN_LIST:
        case OPEN_OBJECT: {
          this.refuseAfterEnd(byte);
          this.depth++;
          const isRootList = this.depth === 1 && byte === OPEN_LIST;
          const isNamedList = this.depth === 2 && byte === OPEN_LIST && this.key === LIST_KEY;
          if (this.listDepth === 0 && (isRootList || isNamedList)) {
            this.listDepth = this.depth;
            this.hasFoundList = true;
            this.isAfterComma = false;
            itemStart = at + 1;
          }
          break;
        }
        case CLOSE_LIST:
        case CLOSE_OBJECT:
          if (this.listDepth !== 0 && this.depth === this.listDepth) {
            if (byte === CLOSE_OBJECT) throw this.broken();
            take(at);
            this.listDepth = 0;
          }
          this.depth--;
          if (this.depth < 0) throw this.broken();
          if (this.depth === 0) this.hasEnded = true;
          break;
        case COMMA:
          if (this.listDepth !== 0 && this.depth === this.listDepth) {
            this.isAfterComma = true;
            take(at);
            itemStart = at + 1;
          }
          if (this.depth === 1) this.key = undefined;
          break;
        case COLON:
          if (this.depth === 1 && this.listDepth === 0) this.key = this.string;
          break;
        default:
          if (this.depth === 0) this.refuseOutside(byte);
      }
    }
    if (this.listDepth !== 0) this.keep(bytes.subarray(itemStart));
    return items;
  }

  /** To be called after the last bytes. Throws a UserError when something is still open. */
  end(): void {
    if (!this.hasEnded) throw this.broken();
  }

  private keep(part: Buffer): void {
    this.parts.push(part);
    this.length += part.length;
    if (this.length > MAX_LINE_BYTES) {
      throw new UserError(
        `${this.file}, item ${this.itemCount + 1}: is longer than ${MAX_LINE_BYTES >> 20} MiB; no example is, so check how the file was written.`,
      );
    }
  }

  private refuseAfterEnd(byte: number): void {
    if (this.hasEnded || (this.depth === 0 && byte === QUOTE)) throw this.broken();
  }

  /** Outside of everything stand white space and a byte order mark. */
  private refuseOutside(byte: number): void {
    const isMark = !this.hasEnded && (byte === 0xef || byte === 0xbb || byte === 0xbf);
    if (!isSpace(byte) && !isMark) throw this.broken();
  }

  private broken(): UserError {
    const where = this.itemCount === 0 ? '' : ` after item ${this.itemCount}`;
    return new UserError(`${this.file}: is not valid JSON${where}; give a list of objects, or {"data": [...]}.`);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
