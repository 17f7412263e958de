import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { DayText, Name, Page, PageMeta, ProjectParams, text, Uuid, V1 } from './shapes.ts'

const CreatorParams = z.strictObject({ creator_id: Uuid })
const Platform = z.enum(['tiktok', 'youtube', 'instagram', 'x', 'other'])
const TrackingMode = z.enum(['auto', 'selective'])

/** A partner as its channel shows it. `tiktok_handle` is its handle when the platform is TikTok, else null. */
export const Creator = z.object({
  id: z.string(),
  project_id: z.string(),
  platform: Platform.nullable(),
  handle: z.string().nullable(),
  tiktok_handle: z.string().nullable(),
  display_name: z.string(),
  description: z.string().nullable(),
  readme: z.string().nullable(),
  tracking_mode: TrackingMode,
  tracking_start_date: z.string().nullable(),
  follower_count: z.int().nullable(),
  created_at: z.string(),
})

export const isTikTokHandle = (handle: string): boolean => /^[A-Za-z0-9._-]{1,30}$/.test(handle)
const tikTokWords = 'must be 1 to 30 letters, digits, ".", "_" or "-"'
const TikTokHandle = z
  .string()
  .transform(handle => handle.trim().replace(/^@/, ''))
  .refine(isTikTokHandle, tikTokWords)
const Handle = text(100, 1)
  .transform(handle => handle.trim().replace(/^@/, ''))
  .refine(handle => handle.length > 0, 'must not be blank')

/** A TikTok handle, or a platform with a handle. */
export const NewCreator = z
  .strictObject({
    tiktok_handle: TikTokHandle.optional(),
    platform: Platform.optional(),
    handle: Handle.optional(),
    display_name: Name.optional(),
    tracking_mode: TrackingMode.default('auto'),
    tracking_start_date: DayText.optional(),
    description: text(2000).nullish(),
  })
  .refine(c => (c.tiktok_handle === undefined) !== (c.handle === undefined), 'send tiktok_handle, or platform with handle')
  .refine(c => c.tiktok_handle === undefined || (c.platform ?? 'tiktok') === 'tiktok', 'tiktok_handle is of platform "tiktok"')
  .refine(c => c.handle === undefined || (c.platform ?? 'tiktok') !== 'tiktok' || isTikTokHandle(c.handle), {
    path: ['handle'],
    message: `${tikTokWords} on TikTok`,
  })

const Added = Creator.extend({ status: z.enum(['created', 're_added', 'rejected']) })
/** What came of each of several: the row, or why there is none. */
const AddedOne = z.object({
  status: z.enum(['created', 're_added', 'rejected']),
  creator: Creator.nullable(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

export const creators = {
  list: endpoint({
    method: 'GET',
    path: `${V1}/creators`,
    scope: 'read',
    summary: 'Creators of a project, or of all within reach, newest first.',
    query: z.strictObject({ ...Page, project_id: Uuid.optional(), search: text(100).optional() }),
    data: z.array(Creator),
    meta: PageMeta,
  }),
  add: endpoint({
    method: 'POST',
    path: `${V1}/projects/{project_id}/creators`,
    scope: 'write',
    summary: 'Add one creator, or up to 50. One that was removed comes back under its id, with 200.',
    params: ProjectParams,
    body: z.union([NewCreator, z.strictObject({ creators: z.array(z.unknown()).min(1).max(50) })]),
    status: 201,
    data: z.union([Added, z.object({ creators: z.array(AddedOne) })]),
    refusals: ['limit_reached', 'handle_taken'],
  }),
  one: endpoint({
    method: 'GET',
    path: `${V1}/creators/{creator_id}`,
    scope: 'read',
    summary: 'One creator.',
    params: CreatorParams,
    data: Creator,
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${V1}/creators/{creator_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Change a creator: handle, name, description, readme, tracking.',
    params: CreatorParams,
    body: z
      .strictObject({
        tiktok_handle: TikTokHandle.optional(),
        platform: Platform.optional(),
        handle: Handle.optional(),
        display_name: Name.optional(),
        tracking_mode: TrackingMode.optional(),
        tracking_start_date: DayText.optional(),
        description: text(2000).nullish(),
        readme: text(50_000).nullish(),
      })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: Creator,
    refusals: ['handle_taken'],
  }),
  remove: endpoint({
    method: 'DELETE',
    path: `${V1}/creators/{creator_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Remove a creator from its project: its assignments end now, what it earned stays payable.',
    params: CreatorParams,
    data: z.object({ id: z.string(), deleted: z.literal(true) }),
  }),
  removeSeveral: endpoint({
    method: 'DELETE',
    path: `${V1}/projects/{project_id}/creators`,
    scope: 'write',
    summary: 'Remove up to 500 creators from a project.',
    params: ProjectParams,
    body: z.strictObject({ creator_ids: z.array(Uuid).min(1).max(500) }),
    data: z.object({
      removed: z.int(),
      not_in_project: z.int(),
      results: z.array(z.object({ creator_id: z.string(), status: z.enum(['removed', 'not_in_project']) })),
    }),
  }),
}
