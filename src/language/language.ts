/**
 * How figures and times are written: in the language of the texts around them. English until the host or a page says
 * otherwise, as in tests and where a text is not for people.
 */
let language = 'en';

const formats = new Map<string, Intl.NumberFormat>();

/** Takes the language of the texts, as the editor names it: "de", "pt-br". */
export function setLanguage(tag: string): void {
  language = isKnown(tag) ? tag : 'en';
  formats.clear();
}

/** A number by the rules of the language. Making an Intl.NumberFormat costs more than a hundred uses of it. */
export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(language, options);
    formats.set(key, format);
  }
  return format.format(value);
}

/** A number as JavaScript writes it ("1.946", "3.1e-5"), with the decimal mark of the language. */
export function withDecimalMark(written: string): string {
  return written.replace('.', formatNumber(0.5, { maximumFractionDigits: 1 }).slice(1, -1));
}

/** "2/3/2026, 10:00:00 AM", in local time. */
export function formatTime(date: Date): string {
  return date.toLocaleString(language);
}

/** Whether the language has its form for one here. Of 0, French says yes and English no. */
export function isOne(count: number): boolean {
  return new Intl.PluralRules(language).select(count) === 'one';
}

function isKnown(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false; // not even the form of a tag
  }
}
