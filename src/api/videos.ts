import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Count, InstantText, Page, PageMeta, text, Uuid, V1 } from './shapes.ts'

const VideoParams = z.strictObject({ video_id: Uuid })
const CreatorParams = z.strictObject({ creator_id: Uuid })
const Status = z.enum(['auto_tracked', 'pending_review', 'included', 'excluded', 'direct_add'])
const Url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2000)

export const Video = z.object({
  id: z.string(),
  project_id: z.string(),
  creator_id: z.string().nullable(),
  external_id: z.string(),
  url: z.string().nullable(),
  title: z.string().nullable(),
  posted_at: z.string().nullable(),
  status: Status,
  tracking_enabled: z.boolean(),
  view_count: z.int().nullable(),
  like_count: z.int().nullable(),
  comment_count: z.int().nullable(),
  share_count: z.int().nullable(),
  save_count: z.int().nullable(),
  last_captured_at: z.string().nullable(),
  created_at: z.string(),
})

/** A count as sources send it: an integer, the same as text, or nothing where it was not known. */
const Observed = z
  .union(
    [
      Count,
      z
        .string()
        .trim()
        .regex(/^\d{1,15}$/)
        .transform(Number),
    ],
    { error: 'must be a whole number, 0 or more' },
  )
  .nullish()
/** One observation of a video; at least one count. */
export const VideoSnapshot = z
  .strictObject({
    captured_at: InstantText,
    view_count: Observed,
    like_count: Observed,
    comment_count: Observed,
    share_count: Observed,
    save_count: Observed,
  })
  .refine(s => Object.entries(s).some(([name, value]) => name !== 'captured_at' && value != null), 'holds no count')
export const CreatorSnapshot = z
  .strictObject({ captured_at: InstantText, follower_count: Observed })
  .refine(s => s.follower_count != null, 'holds no count')

const ItemError = z.object({ path: z.string(), message: z.string() })
const SnapshotResults = z.object({
  results: z.array(
    z.object({
      captured_at: z.string().nullable(),
      status: z.enum(['created', 'duplicate', 'conflict', 'rejected']),
      /** For example that a count fell since the observation before: it is kept, and worth a look. */
      warnings: z.array(z.string()).optional(),
      errors: z.array(ItemError).optional(),
    }),
  ),
  counts: z.object({ created: z.int(), duplicate: z.int(), conflict: z.int(), rejected: z.int() }),
})
/** One observation, or up to 1,000, each answered on its own. */
const Snapshots = z.union(
  [
    z.strictObject({ snapshots: z.array(z.unknown()).min(1).max(1000) }),
    z.record(z.string(), z.json()).refine(one => !('snapshots' in one)),
  ],
  { error: 'must be one observation, or {"snapshots": [...]} with 1 to 1,000 of them and no other key' },
)

const VideoMetric = z.object({
  captured_at: z.string(),
  view_count: z.int().nullable(),
  like_count: z.int().nullable(),
  comment_count: z.int().nullable(),
  share_count: z.int().nullable(),
  save_count: z.int().nullable(),
  recorded_at: z.string(),
})

export const videos = {
  list: endpoint({
    method: 'GET',
    path: `${V1}/videos`,
    scope: 'read',
    summary: 'Videos, newest first. Excluded ones are never listed.',
    query: z.strictObject({
      ...Page,
      project_id: Uuid.optional(),
      creator_id: Uuid.optional(),
      status: Status.exclude(['excluded']).optional(),
    }),
    data: z.array(Video),
    meta: PageMeta,
  }),
  create: endpoint({
    method: 'POST',
    path: `${V1}/videos`,
    scope: 'write',
    enters_program: true,
    summary: 'Add a video. The same external_id again answers 200 with the row that is there.',
    body: z.strictObject({
      project_id: Uuid,
      creator_id: Uuid.nullish(),
      external_id: text(200, 1),
      url: Url.nullish(),
      title: text(500).nullish(),
      posted_at: InstantText,
      status: Status.optional(),
    }),
    status: 201,
    data: Video,
  }),
  one: endpoint({
    method: 'GET',
    path: `${V1}/videos/{video_id}`,
    scope: 'read',
    summary: 'One video with its newest counts.',
    params: VideoParams,
    data: Video,
  }),
  change: endpoint({
    method: 'PATCH',
    path: `${V1}/videos/{video_id}`,
    scope: 'write',
    enters_program: true,
    summary: 'Include, exclude or stop tracking a video; what is counted follows from the next night on.',
    params: VideoParams,
    body: z
      .strictObject({
        status: Status.optional(),
        tracking_enabled: z.boolean().optional(),
        creator_id: Uuid.optional(),
        url: Url.nullish(),
        title: text(500).nullish(),
      })
      .refine(b => Object.keys(b).length > 0, 'send at least one field to change'),
    data: Video,
  }),
  observe: endpoint({
    method: 'POST',
    path: `${V1}/videos/{video_id}/snapshots`,
    scope: 'write',
    enters_program: true,
    summary: 'Record observations of a video: one, or up to 1,000 of which a bad one stops no other.',
    params: VideoParams,
    body: Snapshots,
    status: 201,
    data: SnapshotResults,
    body_limit: 4 * 1024 * 1024,
  }),
  observations: endpoint({
    method: 'GET',
    path: `${V1}/videos/{video_id}/snapshots`,
    scope: 'read',
    summary: 'Observations of a video, newest first.',
    params: VideoParams,
    query: z.strictObject(Page),
    data: z.array(VideoMetric),
    meta: PageMeta,
  }),
  observeCreator: endpoint({
    method: 'POST',
    path: `${V1}/creators/{creator_id}/snapshots`,
    scope: 'write',
    enters_program: true,
    summary: 'Record follower counts of a creator: one, or up to 1,000.',
    params: CreatorParams,
    body: Snapshots,
    status: 201,
    data: SnapshotResults,
    body_limit: 4 * 1024 * 1024,
  }),
  creatorObservations: endpoint({
    method: 'GET',
    path: `${V1}/creators/{creator_id}/snapshots`,
    scope: 'read',
    summary: 'Follower counts of a creator, newest first.',
    params: CreatorParams,
    query: z.strictObject(Page),
    data: z.array(z.object({ captured_at: z.string(), follower_count: z.int().nullable(), recorded_at: z.string() })),
    meta: PageMeta,
  }),
}
