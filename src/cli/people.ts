/** `org create`, `sign-in`, `key create | list | revoke`. */
import type { Command } from 'commander'
import type { Input } from '../server/operations.ts'
import { type Options, run, withJson } from './command.ts'

export function addPeople(program: Command): void {
  const org = program.command('org').description('organizations')
  withJson(
    org
      .command('create')
      .description('make an organization with a program, an admin, three methods and a key')
      .requiredOption('--name <name>', 'its name')
      .option('--plan <plan>', 'free, starter, ultra or unlimited')
      .option('--time-zone <zone>', 'IANA zone, UTC unless given')
      .option('--email <address>', 'of its admin, admin@localhost unless given')
      .option('--currency <code>', 'of its first program, USD unless given'),
  ).action((options: Options) => run('org.create', organizationOf(options), options))
  withJson(
    program.command('sign-in').description('make a one-time sign-in link').requiredOption('--email <address>', 'of the person'),
  ).action((options: Options) => run('sign-in', { email: String(options.email) }, options))
  addKeys(program.command('key').description('API keys'))
}

const organizationOf = (o: Options): Input<'org.create'> =>
  ({ name: o.name, plan: o.plan, time_zone: o.timeZone, email: o.email, currency: o.currency }) as Input<'org.create'>

function addKeys(key: Command): void {
  withJson(
    key
      .command('create')
      .description('make a key; it is shown once')
      .requiredOption('--org <id>', 'organization')
      .option('--brand <id>', 'program: makes a tk_ key of it alone')
      .option('--scopes <scopes>', 'read or read,write', 'read,write')
      .option('--expires-in <time>', 'for example 30d or 12h')
      .option('--owner <email>', 'whose rights it has; the first admin unless given'),
  ).action((options: Options) => run('key.create', keyOf(options), options))
  withJson(key.command('list').description('keys of an organization').requiredOption('--org <id>', 'organization')).action(
    (options: Options) => run('key.list', { org_id: String(options.org) }, options),
  )
  withJson(key.command('revoke').description('end a key at once').argument('<key-id>')).action(
    (key_id: string, options: Options) => run('key.revoke', { key_id }, options),
  )
}

function keyOf(o: Options): Input<'key.create'> {
  const scopes = String(o.scopes)
    .split(',')
    .map(scope => scope.trim())
  return { org_id: o.org, brand_id: o.brand, scopes, expires_in: o.expiresIn, owner: o.owner } as Input<'key.create'>
}
