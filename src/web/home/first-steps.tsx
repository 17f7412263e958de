import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import css from './home.module.css'
import type { Work } from './home-page.tsx'

/** From an empty program to its first payout: what is done, and the one page where each step is done. */
export function FirstSteps({ has }: { has: Work['has'] }) {
  const steps = [
    { done: has.partners, to: '/partners', title: 'Add a partner', text: 'Whom you owe: a name is enough to begin.' },
    {
      done: has.campaigns || has.structures,
      to: has.structures ? '/structures' : '/campaigns',
      title: 'Say what pays',
      text: 'A campaign pays for conversions; a payout structure pays for time, views or goals.',
    },
    {
      done: has.earnings,
      to: '/conversions',
      title: 'Record what happened',
      text: 'One conversion by hand, a file, a postback or the API.',
    },
    { done: false, to: '/payouts', title: 'Run payouts', text: 'Draft, approve, and mark paid what you sent.' },
  ] as const
  const next = steps.findIndex(step => !step.done)
  return (
    <ol className={css.steps} aria-label="First steps">
      {steps.map(({ done, to, title, text }, n) => (
        <li key={title} data-next={n === next || undefined}>
          {done ? (
            <IconCircleCheckFilled size={20} aria-label="done" className={css.done} />
          ) : (
            <IconCircle size={20} stroke={1.5} aria-hidden="true" className={css.open} />
          )}
          <Link
            to={to}
            search={((before: object) => before) as never}
            className={css.step}
            {...(n === next && { 'data-key': 'c' })}
          >
            {title}
          </Link>
          <span className={css.stepText}>{text}</span>
        </li>
      ))}
    </ol>
  )
}
