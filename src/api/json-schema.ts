/** Zod shapes as JSON schema, for the OpenAPI document and for the schema that agents read. */
import { z } from 'zod'

export type Json = { [key: string]: unknown }

/** The only recursive shape of the contract is free JSON; it becomes one named schema instead of definitions inside each shape. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, $defs, ...made } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: context => tidy(context.jsonSchema, io),
  })
  return JSON.parse(JSON.stringify(made).replace(/#\/\$defs\/__schema\d+/g, '#/components/schemas/Json'))
}

/** Drops what says nothing: bounds of safe integers, patterns beside a format, and a promise never to add a field to answers. */
function tidy(schema: Json, io: 'input' | 'output'): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minLength === 0) delete schema.minLength
  if (schema.format !== undefined) delete schema.pattern
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties
}
