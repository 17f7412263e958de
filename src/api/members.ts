/** Who works here: the members of an organization, and who was invited. Source: spec A2. */
import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { text, Uuid } from './shapes.ts'

const Role = z.enum(['admin', 'member'])
const BrandRole = z.object({ brand_id: z.string(), role: Role })

const Member = z.object({
  id: z.string(),
  email: z.string(),
  role: Role,
  brand_roles: z.array(BrandRole),
  created_at: z.string(),
})

const Invitation = z.object({
  id: z.string(),
  email: z.string(),
  role: Role,
  brand_id: z.string().nullable(),
  expires_at: z.string(),
  created_at: z.string(),
  created_by: z.string(),
})
/** Shown once, to the admin who made it; mailed too when the server can send mail. */
const Sent = Invitation.extend({ url: z.string().nullable(), mailed: z.boolean() })
const MemberParams = z.strictObject({ member_id: text(100, 1) })
const InvitationParams = z.strictObject({ invitation_id: Uuid })
const Token = text(200, 1)

export const members = {
  list: endpoint({
    method: 'GET',
    path: '/api/members',
    scope: 'read',
    summary: 'The members of the organization, the oldest first.',
    data: z.array(Member),
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/api/members/{member_id}',
    scope: 'write',
    enters_program: true,
    summary: 'Change a role: in the whole organization, or with `brand_id` in one brand (null: the same as in the organization).',
    params: MemberParams,
    body: z.union([z.strictObject({ role: Role }), z.strictObject({ brand_id: Uuid, role: Role.nullable() })]),
    data: Member,
    refusals: ['last_admin'],
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/api/members/{member_id}',
    scope: 'write',
    summary: 'Remove a member, from the next request on. Their keys stop; what they did stays.',
    params: MemberParams,
    data: z.object({ id: z.string() }),
    refusals: ['last_admin'],
  }),
}

export const invitations = {
  list: endpoint({
    method: 'GET',
    path: '/api/invitations',
    scope: 'read',
    summary: 'The invitations that nobody has accepted yet, expired ones too, the newest first.',
    data: z.array(Invitation),
  }),
  create: endpoint({
    method: 'POST',
    path: '/api/invitations',
    scope: 'write',
    enters_program: true,
    summary: 'Invite somebody by e-mail. The link works once, for 7 days.',
    body: z.strictObject({ email: z.email(), role: Role, brand_id: Uuid.optional() }),
    status: 201,
    shown_once: 'url',
    data: Sent,
    refusals: ['already_member', 'limit_reached'],
  }),
  resend: endpoint({
    method: 'POST',
    path: '/api/invitations/{invitation_id}/resend',
    scope: 'write',
    enters_program: true,
    summary: 'A new link with a fresh 7 days; the old one stops.',
    params: InvitationParams,
    shown_once: 'url',
    data: Sent,
  }),
  revoke: endpoint({
    method: 'DELETE',
    path: '/api/invitations/{invitation_id}',
    scope: 'write',
    enters_program: true,
    summary: 'Take an invitation back; its link stops.',
    params: InvitationParams,
    data: z.object({ id: z.string() }),
  }),
  look: endpoint({
    method: 'POST',
    path: '/api/invitations/look',
    scope: 'public',
    summary: 'What a link invites to.',
    body: z.strictObject({ token: Token }),
    data: z.object({ organization: z.string(), email: z.string(), role: Role, expires_at: z.string(), is_known: z.boolean() }),
    refusals: ['unauthorized'],
  }),
  accept: endpoint({
    method: 'POST',
    path: '/api/invitations/accept',
    scope: 'public',
    summary: 'Become a member by the link of an invitation; answers with a one-time link that signs in.',
    body: z.strictObject({ token: Token, password: z.string().min(10).max(200).optional() }),
    status: 201,
    data: z.object({ email: z.string(), sign_in_url: z.string() }),
    refusals: ['unauthorized', 'limit_reached'],
  }),
}
