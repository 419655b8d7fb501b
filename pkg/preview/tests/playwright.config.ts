// The page in a real browser: the system's Chromium, headless, which opens no connection of its own.
import { defineConfig } from '@playwright/test'

/** Without them Chromium asks its maker for updates, lists and experiments, and waits where there is no network. */
const CLOSED_NETWORK = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-first-run',
  '--no-pings',
]

export default defineConfig({
  testDir: '.',
  projects: [
    { name: 'page', testMatch: '**/*.e2e.ts' },
    { name: 'speed', testMatch: '**/*.speed.ts' },
  ],
  outputDir: '../../../target/preview/results',
  // On a busy machine everything takes its time.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  // Milliseconds are measured in one of the projects: one test at a time.
  workers: 1,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.RUSTOMIZE_CHROMIUM ?? '/usr/bin/chromium',
      // Tests may run as root, in a container, where the sandbox cannot be set up.
      args: ['--no-sandbox', ...CLOSED_NETWORK],
    },
  },
})
