/** Where the pages are: the zone of their days and the currency of an empty figure. Both shells provide it. */
import { createContext, useContext } from 'react'
import type { Currency } from '../../core/money.ts'

export type Place = { time_zone: string; currency: Currency }

export const PlaceContext = createContext<Place>({ time_zone: 'UTC', currency: 'USD' })

/** What the shared parts need to know of the workspace or of the portal that they stand in. */
export const usePlace = (): Place => useContext(PlaceContext)
