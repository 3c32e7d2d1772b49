/** What the words of Sigma mean, in a line each, for completion. */

/** Attributes of a rule, in the order in which rules are usually written; `open` begins a list or a map. */
export const ATTRIBUTES: readonly {
  readonly name: string;
  readonly about: string;
  readonly open?: 'list' | 'map';
}[] = [
  { name: 'title', about: 'what it finds, in a line' },
  { name: 'id', about: 'a UUID, for good' },
  { name: 'name', about: 'by which correlations call it' },
  { name: 'related', about: 'rules it comes from or replaces', open: 'list' },
  { name: 'status', about: 'how far it is proven' },
  { name: 'description', about: 'what it finds and why that matters' },
  { name: 'references', about: 'web pages', open: 'list' },
  { name: 'author', about: 'who wrote it' },
  { name: 'date', about: 'when it was written' },
  { name: 'modified', about: 'when it was last changed' },
  { name: 'tags', about: 'ATT&CK techniques and tactics', open: 'list' },
  { name: 'logsource', about: 'which logs it reads', open: 'map' },
  { name: 'detection', about: 'selections and their condition', open: 'map' },
  { name: 'correlation', about: 'counts or orders other rules', open: 'map' },
  { name: 'fields', about: 'fields worth showing', open: 'list' },
  { name: 'falsepositives', about: 'what else may fire it', open: 'list' },
  { name: 'level', about: 'how severe a hit is' },
  { name: 'license', about: 'SPDX identifier' },
  { name: 'generate', about: 'counted rules alert by themselves too' },
];

/** Modifiers after a field's `|`, the usual ones first. */
export const MODIFIERS: Readonly<Record<string, string>> = {
  contains: 'has the value in it',
  startswith: 'begins with the value',
  endswith: 'ends with the value',
  all: 'every value must hold',
  exists: 'true: the field is there; false: it is not',
  cased: 'upper and lower case differ',
  neq: 'the values must not hold',
  windash: 'any dash or slash before an option',
  re: 'a regular expression',
  i: 'after re: case is ignored',
  m: 'after re: ^ and $ at each line',
  s: 'after re: the dot takes line ends',
  base64: 'the value in Base64',
  base64offset: 'the value in Base64 at any offset',
  wide: 'the value in UTF-16LE',
  utf16le: 'the value in UTF-16LE',
  utf16be: 'the value in UTF-16BE',
  utf16: 'the value in UTF-16 with byte order mark',
  lt: 'a number below',
  lte: 'a number at most',
  gt: 'a number above',
  gte: 'a number at least',
  cidr: 'an address in the network',
  expand: 'placeholders from a list of this installation',
  fieldref: 'the value of another field',
  minute: 'the minute of a time',
  hour: 'the hour of a time',
  day: 'the day of a time',
  week: 'the week of a time',
  month: 'the month of a time',
  year: 'the year of a time',
};

export const CORRELATION: readonly {
  readonly name: string;
  readonly about: string;
  readonly open?: 'list' | 'map';
}[] = [
  { name: 'type', about: 'what is asked of the events' },
  { name: 'rules', about: 'ids or names of the counted rules', open: 'list' },
  { name: 'group-by', about: 'fields that keep groups apart', open: 'list' },
  { name: 'timespan', about: 'such as 5m, 1h, 7d' },
  { name: 'condition', about: 'such as gte: 10', open: 'map' },
  { name: 'aliases', about: 'one name for different fields', open: 'map' },
  { name: 'generate', about: 'counted rules alert by themselves too' },
];

export const CORRELATION_TYPES: Readonly<Record<string, string>> = {
  event_count: 'so many events',
  value_count: 'so many different values of a field',
  temporal: 'all of the rules, in any order',
  temporal_ordered: 'all of the rules, in this order',
  value_sum: 'the sum of a field',
  value_avg: 'the average of a field',
  value_percentile: 'a percentile of a field',
  value_median: 'the median of a field',
};

export const BOUNDS: Readonly<Record<string, string>> = {
  gte: 'at least',
  gt: 'more than',
  lte: 'at most',
  lt: 'fewer than',
  eq: 'exactly',
  neq: 'not',
  field: 'the field that is counted or summed',
};

export const CONDITION: Readonly<Record<string, string>> = {
  '1 of them': 'any selection',
  'all of them': 'every selection',
  and: '',
  or: '',
  not: '',
};
