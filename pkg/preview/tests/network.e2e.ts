// Nothing leaves the page: its policy forbids it, and it does not try.
import { expect, test } from './support/fixtures'
import { SHOP } from './support/projects'

test('once it is loaded, the page asks for nothing more', async ({ app, page, site, folder }) => {
  await app.openExample('dreamseed')
  await expect(app.editor).toBeVisible()
  await page.waitForLoadState('networkidle')
  const asked = site.asked.length
  const requests: string[] = []
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url())) requests.push(request.url())
  })
  for (const view of ['Compare', 'Matrix', 'Images', 'Rendered'] as const) await app.view(view)
  await app.choose('Open', /b2connect/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('b2connect')
  await app.ready()
  await app.openFolder(folder(SHOP).path)
  await app.environment('staging')
  await app.file('base/web.yaml')
  await app.replace('replicas: 1', 'replicas: 3')
  await app.kind('Deployment')
  await app.line('image: shop/web').click()
  await app.download(/Download rendered YAML/)
  await page.getByRole('button', { name: 'Share by link' }).click()
  await expect(page.getByRole('dialog')).toContainText('of at most')
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: /colours/ }).click()
  expect(requests).toEqual([])
  expect(site.asked.slice(asked)).toEqual([])
})

test('its policy lets neither the page nor its worker connect', async ({ app, page, site, watch }) => {
  await app.openExample('dreamseed')
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'none'")
  expect(policy).not.toContain("'unsafe-eval'")
  expect(policy).not.toMatch(/https?:|\*/)
  const tried = await page.evaluate(async (own) => {
    const fails = async (act: () => unknown) => {
      try {
        await act()
        return false
      } catch {
        return true
      }
    }
    const image = await new Promise((resolve) => {
      const element = new Image()
      element.onload = () => resolve(false)
      element.onerror = () => resolve(true)
      element.src = 'https://example.com/x.png'
    })
    return {
      own: await fails(() => fetch(own)),
      foreign: await fails(() => fetch('https://example.com/')),
      beacon: !navigator.sendBeacon('https://example.com/', 'x') || 'queued',
      socket: await fails(() => new Promise((resolve, reject) => {
        const socket = new WebSocket('wss://example.com/')
        socket.onopen = resolve
        socket.onerror = reject
      })),
      image,
      evaluated: await fails(() => new Function('return 1')()),
    }
  }, site.url)
  expect(tried).toMatchObject({ own: true, foreign: true, socket: true, image: true, evaluated: true })
  expect(watch.foreign).toEqual([])
  expect(watch.complaints.length).toBeGreaterThan(0)
  expect(watch.complaints.every((words) => /Content Security Policy|Refused|CSP/.test(words)), watch.complaints.join('\n')).toBe(true)
  watch.complaints.length = 0
})
