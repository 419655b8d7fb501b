// How long people wait. The bounds are those of a small machine that does nothing else.
import { expect, test } from './support/fixtures'
import { team } from './support/projects'

// Traces take copies of the page, which takes longer than the page does.
test.use({ trace: 'off' })

const median = (times: number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!

function note(type: string, times: number[]): void {
  const shown = `best ${Math.min(...times).toFixed(1)}, median ${median(times).toFixed(1)}`
  test.info().annotations.push({ type, description: shown })
  console.log(`      ${type}: ${shown}`)
}

/** Milliseconds for the first rendering, with some for the clock of processes, which counts in tens. */
const BOUND = 101

test('the first rendering of dreamseed', async ({ app, page, site, browser }) => {
  const session = await browser.newBrowserCDPSession()
  const spent = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    const renderers = processInfo.filter(({ type }) => type === 'renderer')
    return renderers.reduce((sum, { cpuTime }) => sum + cpuTime, 0) * 1000
  }
  const times: number[] = []
  const cpu: number[] = []
  for (let run = 0; run < 15 && Math.min(...times, ...cpu) >= BOUND; run += 1) {
    await page.goto('about:blank')
    await page.goto(site.url)
    await expect(page.getByRole('button', { name: 'Open the example dreamseed' })).toBeVisible()
    await page.waitForLoadState('networkidle')
    await page.waitForTimeout(500)
    const before = await spent()
    times.push(
      await page.evaluate(async () => {
        const button = [...document.querySelectorAll<HTMLElement>('main button')].find((each) => each.textContent?.startsWith('dreamseed'))
        const begin = performance.now()
        button?.click()
        while (document.querySelector('[role=option] .line-text') === null) await new Promise(requestAnimationFrame)
        return performance.now() - begin
      }),
    )
    cpu.push((await spent()) - before)
  }
  await app.ready()
  note('first rendering of dreamseed, ms', times)
  note('processor time of all threads for it, ms', cpu)
  // On a busy machine the page waits for its turn; then the work itself is what counts.
  expect(Math.min(...times, ...cpu)).toBeLessThan(BOUND)
})

test('rendering anew after one change', async ({ app, page, folder }) => {
  await app.openFolder(folder(team()).path)
  await app.environment('production')
  await app.file('base/service-a/deployment.yaml')
  await app.replace('replicas: 1', 'replicas: 1 # 0')
  const engine: number[] = []
  for (let run = 0; run < 20; run += 1) {
    await page.keyboard.press('Backspace')
    await page.waitForTimeout(150)
    const before = await app.status.textContent()
    // From the key to the answer of the engine, as the page counts it: the status tells of each build.
    await page.keyboard.type(String(run % 10))
    await page.waitForTimeout(150)
    const now = await app.status.textContent()
    if (now !== before) engine.push(Number(/([\d.]+) ms/.exec(now!)?.[1]))
  }
  note('engine, one change of a team’s 200 objects, ms', engine)
  expect(Math.min(...engine)).toBeLessThanOrEqual(16)
})
