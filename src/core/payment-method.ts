/** The seven labels under which a payment is recorded. They move no money. Source: spec A10. */
export const paymentMethods = [
  { code: 'paypal', label: 'PayPal' },
  { code: 'ach', label: 'ACH / Bank Transfer' },
  { code: 'venmo', label: 'Venmo' },
  { code: 'zelle', label: 'Zelle' },
  { code: 'wire', label: 'Wire Transfer' },
  { code: 'check', label: 'Check' },
  { code: 'other', label: 'Other' },
] as const

export type PaymentMethod = (typeof paymentMethods)[number]

/** Finds a label by its code or its words, whatever the case. */
export function paymentMethodOf(text: string): PaymentMethod | undefined {
  const wanted = text.trim().toLowerCase()
  return paymentMethods.find(m => m.code === wanted || m.label.toLowerCase() === wanted)
}

/** What a new organization starts with; they can be switched off, not deleted. Source: spec B5. */
export const defaultMethods = ['Venmo', 'Cash App', 'PayPal'] as const
