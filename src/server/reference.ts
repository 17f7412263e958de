/** What the contract says of itself: the same for everybody, so it is made once, when it is first asked for. */
import { openapiDocument } from '../api/openapi.ts'
import { schemaDocument } from '../api/schema.ts'

let entities: ReturnType<typeof schemaDocument> | undefined
let contract: string | undefined

export async function schema(): Promise<ReturnType<typeof schemaDocument>> {
  entities ??= schemaDocument()
  return entities
}

/** The OpenAPI document as its JSON text. */
export function openapi(): string {
  contract ??= JSON.stringify(openapiDocument())
  return contract
}
