import { TextInput, type TextInputProps } from '@mantine/core'
import { type Cents, type Currency, parseAmount } from '../../core/money.ts'

type MoneyFieldProps = Omit<TextInputProps, 'value' | 'onChange'> & {
  currency: Currency
  value: string
  onChange: (text: string) => void
}

/** An amount in major units as people type it; `centsOf` reads it. */
export const MoneyField = ({ currency, value, onChange, ...more }: MoneyFieldProps) => (
  <TextInput
    inputMode="decimal"
    autoComplete="off"
    rightSection={<span style={{ fontSize: 12 }}>{currency}</span>}
    rightSectionWidth={48}
    styles={{ input: { fontVariantNumeric: 'tabular-nums' } }}
    {...more}
    value={value}
    onChange={event => onChange(event.currentTarget.value)}
  />
)

/** The minor units of what was typed; `null` when it is no amount of that currency. */
export const centsOf = (text: string, currency: Currency): Cents | null => parseAmount(text.trim().replace(/,/g, ''), currency)
