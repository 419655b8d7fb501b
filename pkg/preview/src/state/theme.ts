// Light or dark: as the system has it, until somebody chooses.
import { effect, signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'rustomize-theme'

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

export const theme = signal<Theme>(stored())
const system = matchMedia('(prefers-color-scheme: dark)')
export const dark = signal(system.matches)
system.addEventListener('change', () => (dark.value = system.matches))

export function isDark(): boolean {
  return theme.value === 'system' ? dark.value : theme.value === 'dark'
}

export function startTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
  })
}

export function toggleTheme(): void {
  theme.value = isDark() ? 'light' : 'dark'
  try {
    localStorage.setItem(KEY, theme.value)
  } catch {
    // It lasts as long as the page, then.
  }
}
