export const HOW_TO: string
/** The path of a Chromium, or null. `CHROMIUM_PATH` wins and must exist when it is set. */
export function findChromium(): string | null
/** Finds it, or installs Debian's as root; throws with what to do, in one line. */
export function ensureChromium(): string
