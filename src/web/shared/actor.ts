/** `person:ada@example.org` is just her address; keys and commands say what they are. */
export function actorText(actor: string | null): string {
  const [kind, ...rest] = (actor ?? 'unknown').split(':')
  const name = rest.join(':')
  if (name === '') return kind ?? ''
  return kind === 'person' ? name : `${kind} ${name}`
}
