/** Imports through the HTTP API: upload, preview, rehearsal, run, rejected rows, undo; cut off and taken up again. */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { stopWork } from '../../../src/server/background.ts'
import { removeOldUploads, uploadPath } from '../../../src/server/conversions/import-upload.ts'
import { ask, csv, done, ended, look, upload } from '../../support/imports.ts'
import { keyOf } from '../../support/keys.ts'
import { type World, world } from '../../support/world.ts'

let w: World
let ada: { id: string }
beforeAll(async () => {
  w = await world({ today: '2026-03-10' })
  ada = await w.partner('Ada')
})
afterAll(() => w.close())

/** A campaign of its own for each test, and what Ada was owed before it. */
let campaign_id: string
let before: number
beforeEach(async () => {
  campaign_id = (await w.campaign({ cost_model: 'revshare', percent: '10' })).id
  before = (await w.balance(ada.id)).unpaid_cents
})
const gained = async (): Promise<number> => (await w.balance(ada.id)).unpaid_cents - before
const uploads = (): string[] => fs.readdirSync(path.join(w.app.config.data_dir, 'uploads'))

const HEAD = 'order_id,affiliate,amount,date'
const columns = { external_id: 'order_id', partner: 'affiliate', revenue: 'amount', occurred_at: 'date' }
const map = (more: object = {}) => ({ campaign_id, mapping: { columns, ...more } })
const rowsOf = (count: number) => Array.from({ length: count }, (_, n) => `o-${n},ada,10.00,2026-03-01`)

describe('an upload', () => {
  test('waits with a guess of its format; a preview shows the first rows in our terms', async () => {
    const content = '\uFEFForder_id;affiliate;amount;date\no-1;ada;"1234,50";1.3.2026\no-2;;x;1.3.2026\n'
    const made = await upload(w, content)
    expect(made).toMatchObject({ status: 'uploaded', kind: 'conversions', file_name: 'sales.csv', has_file: true, task: null })
    expect(made.mapping).toEqual({ delimiter: ';', encoding: 'utf-8' })
    const mapping = { columns, decimal: ',', date_format: 'd.M.yyyy' }
    const { data } = await ask(w, made.id, 'preview', { campaign_id, mapping })
    expect(data).toMatchObject({ headers: ['order_id', 'affiliate', 'amount', 'date'], problem: null })
    expect(data.rows[0]).toEqual({
      ...{ line: 2, cells: ['o-1', 'ada', '1234,50', '1.3.2026'], fault: null, reverses: false },
      fields: {
        external_id: 'o-1',
        partner: 'ada',
        revenue_cents: 1234_50,
        currency: 'USD',
        occurred_at: '2026-03-01T00:00:00.000Z',
      },
    })
    expect(data.rows[1]).toMatchObject({ line: 3, fields: null, fault: expect.stringContaining('"x" is no number') })
    expect(await w.sql('select from conversions where campaign_id = $1', [campaign_id])).toEqual([])
  })

  test('says what is wrong with a mapping beside the plain rows', async () => {
    const { id } = await upload(w, [HEAD, 'o-1,ada,10,2026-03-01'])
    const problemOf = async (body: object) => (await ask(w, id, 'preview', body)).data.problem
    expect(await problemOf({ campaign_id })).toContain('Nothing in the file is named external_id')
    expect(await problemOf({ mapping: { columns } })).toContain('Choose the campaign')
    expect(await problemOf(map({ columns: { ...columns, partner: 'nobody' } }))).toContain('no column "nobody"')
    const { data } = await ask(w, id, 'preview', { campaign_id })
    expect(data.rows).toEqual([
      { line: 2, cells: ['o-1', 'ada', '10', '2026-03-01'], fields: null, fault: null, reverses: false },
    ])
  })

  test('that is no table is refused, and leaves no file', async () => {
    const files = uploads()
    const refused = async (content: string | Buffer, code: string, headers: object = csv.headers) => {
      const answer = await w.request('POST', w.path('/imports'), content, { headers: headers as Record<string, string> })
      expect([answer.error?.code, answer.status], answer.text).toEqual([code, { invalid_body: 400 }[code] ?? 415])
    }
    await refused('', 'invalid_body')
    await refused('only,a,header\n', 'invalid_body')
    await refused('a,b\n"never closed,1\n2,3\n', 'invalid_body')
    await refused(Buffer.from('a\0b\n1\n'), 'invalid_body')
    await refused('a,b\n1,2\n', 'unsupported_media_type', { 'content-type': 'application/json; charset=x' })
    await refused('a,b\n1,2\n', 'unsupported_media_type', { 'content-type': 'text/plain' })
    expect(uploads()).toEqual(files)
    expect(await w.sql('select from imports')).toHaveLength(files.length)
  })

  test('of more than 50 MB is refused before it is kept', async () => {
    const files = uploads()
    const large = Buffer.alloc(50 * 1024 * 1024 + 10, 'a,b\n')
    const answer = await w.request('POST', w.path('/imports'), large, csv)
    expect([answer.status, answer.error.code]).toEqual([413, 'payload_too_large'])
    expect(uploads()).toEqual(files)
  })

  test('needs a key that writes, and is removed after a day', async () => {
    const key = await keyOf(w, { scopes: ['read'] })
    expect((await w.request('POST', w.path('/imports'), 'a\n1\n', { ...csv, key })).error.code).toBe('insufficient_scope')
    const { id } = await upload(w, [HEAD, ...rowsOf(1)])
    const file = uploadPath(w.app.config.data_dir, id)
    fs.utimesSync(file, 1, 1)
    removeOldUploads(w.app.config.data_dir)
    expect(fs.existsSync(file)).toBe(false)
    await w.travelTo('2026-03-12')
    expect((await look(w, id)).has_file).toBe(false)
    const { error } = await ask(w, id, 'run', map())
    expect([error.code, error.message]).toEqual(['invalid_transition', expect.stringContaining('Upload it again')])
    expect((await w.request('GET', w.path('/imports'))).text).not.toContain('"uploaded"')
  })

  test('repeated with one key is one import', async () => {
    const files = uploads()
    const headers = { ...csv.headers, 'idempotency-key': 'k-1' }
    const send = () => w.request('POST', w.path('/imports'), 'a\n1\n', { headers })
    const [first, again] = [await send(), await send()]
    expect(again.text).toBe(first.text)
    expect(uploads()).toHaveLength(files.length + 1)
  })
})

describe('an import', () => {
  test('is rehearsed with its money effect, run, and undone to the cent', async () => {
    await w.conversion({
      partner: ada.id,
      campaign: campaign_id,
      external_id: 'o-0',
      revenue_cents: 10_00,
      occurred_at: '2026-03-01T00:00:00Z',
    })
    const { id } = await upload(w, [HEAD, ...rowsOf(1500), 'o-x,nobody,5.00,2026-03-01', 'o-y,nobody else,5.00,2026-03-01'])
    const rehearsed = await done(w, id, 'run', { ...map(), dry_run: true })
    const counts = { read: 1502, created: 1499, duplicates: 1, rejected: 2 }
    expect(rehearsed).toMatchObject({ status: 'uploaded', created: 0, task: { kind: 'dry_run', share: 1 } })
    expect(rehearsed.task.result).toMatchObject({ ...counts, amounts: [{ currency: 'USD', amount_cents: 1499_00 }] })
    expect(rehearsed.task.result.reasons).toEqual([{ reason: expect.stringContaining('"…"'), count: 2 }])
    expect(await gained()).toBe(1_00)

    const run = await done(w, id, 'run', map())
    expect(run).toMatchObject({ status: 'done', ...counts, amounts: [{ currency: 'USD', amount_cents: 1499_00 }] })
    expect(run).toMatchObject({ has_file: false, campaign_id, created_by: expect.stringMatching(/^key:/) })
    expect(await gained()).toBe(1500_00)
    expect(fs.existsSync(uploadPath(w.app.config.data_dir, id))).toBe(false)

    const plan = await done(w, id, 'undo', { dry_run: true })
    const taken = { reversed: 1499, failed: 0, amounts: [{ currency: 'USD', amount_cents: -1499_00 }], clawbacks: [] }
    expect(plan).toMatchObject({ status: 'done', task: { kind: 'undo_dry_run', result: taken } })
    expect(await gained()).toBe(1500_00)
    const undone = await done(w, id, 'undo')
    expect(undone).toMatchObject({ status: 'undone', task: { kind: 'undo', result: taken } })
    expect(await gained()).toBe(1_00)
    const [event] = await w.sql(`select actor from events where verb = 'import.undone'`)
    expect(event.actor).toMatch(/^key:/)
    expect((await ask(w, id, 'undo')).error.code).toBe('invalid_transition')
  })

  test('undone after a payout claws back what was paid', async () => {
    const { id } = await upload(w, [HEAD, ...rowsOf(3)])
    await done(w, id, 'run', map())
    await w.pay(await w.approve(await w.draft(ada.id)))
    const { task } = await done(w, id, 'undo')
    const taken = [{ currency: 'USD', amount_cents: -3_00 }]
    expect(task.result).toMatchObject({ reversed: 3, amounts: taken, clawbacks: taken })
    expect((await w.balance(ada.id)).unpaid_cents).toBe(-3_00)
  })

  test('gives its rejected rows as they stood, harmless in a spreadsheet', async () => {
    const { id } = await upload(w, [HEAD, 'o-1,ada,10,2026-03-01', '=1+1,ada,ten,2026-03-01'])
    const reject = async () => (await w.request('GET', w.path(`/imports/${id}/rejects`))).text
    expect(await reject()).toBe('line,reason\r\n')
    await done(w, id, 'run', map())
    const text = await reject()
    expect(text.split('\r\n')[0]).toBe(`line,reason,${HEAD}`)
    expect(text).toContain(`'=1+1,ada,ten`)
    expect(text.split('\r\n')[1]).toMatch(/^3,/)
  })

  test('is refused with a mapping that does not fit, when done, and while it is at work', async () => {
    const { id } = await upload(w, [HEAD, ...rowsOf(3000)])
    const codeOf = async (body: object) => (await ask(w, id, 'run', body)).error?.code
    expect(await codeOf({ campaign_id, mapping: { columns: { partner: 'affiliate' } } })).toBe('invalid_body')
    expect(await codeOf({ mapping: { columns } })).toBe('invalid_body')
    expect(await codeOf(map({ no_such_key: 1 }))).toBe('invalid_body')
    expect(await codeOf({ ...map(), campaign_id: w.org_id })).toBe('not_found')
    expect((await look(w, id)).task).toBeNull()
    const both = await Promise.all([ask(w, id, 'run', map()), ask(w, id, 'run', map())])
    expect(both.map(each => each.status).sort()).toEqual([200, 409])
    await ended(w, id)
    expect(await codeOf(map())).toBe('invalid_transition')
  })

  test('of metrics is told by its headers, run and undone', async () => {
    const content = ['channel_title,video_id,date,views', 'Ada TV,v-1,2026-03-01,100', 'Ada TV,v-1,2026-03-02,150']
    const { id } = await upload(w, content, '&kind=metrics')
    const mapping = {
      columns: { creator: 'channel_title', video: 'video_id', captured_at: 'date', view_count: 'views' },
      ...{ constants: { platform: 'youtube' }, create_partners: true },
    }
    const { data } = await ask(w, id, 'preview', { mapping })
    expect(data.rows[0].fields).toMatchObject({ creator: 'Ada TV', platform: 'youtube', video: 'v-1', view_count: 100 })
    expect(await done(w, id, 'run', { mapping })).toMatchObject({ status: 'done', kind: 'metrics', created: 2, amounts: [] })
    expect((await done(w, id, 'undo')).task.result).toMatchObject({ withdrawn: 2 })
  })
})

describe('cut off', () => {
  test('by a stop of the server it is interrupted, and running it again finishes it with the same totals', async () => {
    const { id } = await upload(w, [HEAD, ...rowsOf(6000)])
    await ask(w, id, 'run', map())
    while ((await look(w, id)).created === 0) await wait(5)
    await stopWork(w.app)
    const cut = await look(w, id)
    expect(cut).toMatchObject({ status: 'interrupted', task: { state: 'interrupted' }, has_file: true })
    expect(cut.created).toBeGreaterThan(0)
    expect(cut.created).toBeLessThan(6000)
    expect(cut.amounts).toEqual([{ currency: 'USD', amount_cents: cut.created * 1_00 }])
    const again = await done(w, id, 'run', map())
    expect(again).toMatchObject({ status: 'done', read: 6000, created: 6000, duplicates: 0, rejected: 0 })
    expect(again.amounts).toEqual([{ currency: 'USD', amount_cents: 6000_00 }])
    expect(await gained()).toBe(6000_00)
    expect((await done(w, id, 'undo')).task.result).toMatchObject({ reversed: 6000 })
    expect(await gained()).toBe(0)
  })

  test('by a kill it says so once its process is silent', async () => {
    const { id } = await upload(w, [HEAD, ...rowsOf(1)])
    const task = { id, kind: 'run', state: 'running', actor: 'x', started_at: w.app.clock.now(), error: null, result: null }
    await w.sql(`update imports set status = 'running', task = $2, task_seen_at = now() where id = $1`, [
      id,
      JSON.stringify(task),
    ])
    expect(await look(w, id)).toMatchObject({ status: 'running', task: { state: 'running' } })
    expect((await ask(w, id, 'run', map())).error.code).toBe('invalid_transition')
    await w.sql(`update imports set task_seen_at = now() - interval '1 minute' where id = $1`, [id])
    expect(await look(w, id)).toMatchObject({ status: 'interrupted', task: { state: 'interrupted' } })
    expect(await done(w, id, 'run', map())).toMatchObject({ status: 'done', created: 1 })
  })

  test('by what stands in the file it keeps what it read before, and says where it stopped', async () => {
    const { id } = await upload(w, [HEAD, ...rowsOf(1200), 'o-z,"never closed,1,2'])
    await ask(w, id, 'run', map())
    const failed = await ended(w, id)
    expect(failed).toMatchObject({ status: 'interrupted', created: 1000, task: { state: 'failed' } })
    expect(failed.task.error).toContain('after line 1201')
    expect((await done(w, id, 'undo')).task.result).toMatchObject({ reversed: 1000 })
  })
})

test('the list is newest first, page by page, of the brand alone', async () => {
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.unshift((await upload(w, ['a', `${n}`])).id)
  const { data: other } = await w.api.organizations.createProgram({ body: { name: 'Other' } })
  const page = async (rest: string) => w.request('GET', w.path(`/imports${rest}`))
  const first = await page('?limit=2')
  expect(first.data.map((row: { id: string }) => row.id)).toEqual(ids.slice(0, 2))
  const second = await page(`?limit=2&cursor=${first.meta.next_cursor}`)
  expect(second.data[0].id).toBe(ids[2])
  expect((await page('?cursor=nonsense')).error.code).toBe('invalid_query')
  expect((await w.request('GET', `/api/brands/${other.id}/imports`)).data).toEqual([])
  expect((await w.request('GET', `/api/brands/${other.id}/imports/${ids[0]}`)).status).toBe(404)
})
