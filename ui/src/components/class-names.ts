/** Joins class names over several lines; what is empty or false is left out. */
export function classNames(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== '' && part !== false).join(' ');
}
