import type { ReactElement } from 'react';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import type { IconName } from '../components/icon.tsx';
import { useTheme } from './theme.ts';
import type { Theme } from './theme.ts';

const LOOKS: Readonly<Record<Theme, { icon: IconName; word: string }>> = {
  system: { icon: 'system', word: 'as the system' },
  light: { icon: 'sun', word: 'light' },
  dark: { icon: 'moon', word: 'dark' },
};

export function ThemeToggle(): ReactElement {
  const { theme, next } = useTheme();
  const { icon, word } = LOOKS[theme];
  return (
    <Button tone="quiet" square onClick={next} aria-label={`Theme: ${word}`} title={`Theme: ${word}`}>
      <Icon name={icon} />
    </Button>
  );
}
