/** Words of three letters or less that are abbreviations in this field and stay in capitals. */
const CAPITALS = new Set([
  'auc',
  'psi',
  'roc',
  'id',
  'mae',
  'rmse',
  'pr',
  'ci',
  'sql',
  'p99',
  'p95',
  'p50',
  'ks',
  'ece',
]);

/**
 * A field of JSON as a label: `rocAuc`, `roc_auc` and `roc-auc` all become `ROC AUC`, `trainingRows`
 * `Training rows`. The unit of `refreshMs` is told with its value.
 */
export function fieldName(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9]*(?:[_-]?[A-Za-z0-9]+)*$/.test(name)) return name;
  const words = name
    .replace(/Ms$/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .map((word) => (CAPITALS.has(word.toLowerCase()) ? word.toUpperCase() : word.toLowerCase()));
  const [first = '', ...rest] = words;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(' ');
}
