// Before the first paint, so that a chosen theme does not flash; a file, because the page allows no inline
// script.
// The key is the one of src/shell/theme.ts.
try {
  const theme = localStorage.getItem('tend.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme it is.
}
