import { useState } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

/** Read by public/theme.js before the first paint as well. */
const KEY = 'tend.theme';

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return ORDER.find((theme) => theme === value) ?? 'system';
  } catch {
    return 'system'; // storage is forbidden
  }
}

function choose(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this page at least.
  }
}

/** The chosen theme, and a function that goes on to the next one. */
export function useTheme(): { readonly theme: Theme; readonly next: () => void } {
  const [theme, setTheme] = useState(stored);
  return {
    theme,
    next: () => {
      const following = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'system';
      choose(following);
      setTheme(following);
    },
  };
}
