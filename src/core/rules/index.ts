/** The ways to earn over time. To add one: a file beside this one and its name here. */
import { cpm } from './cpm.ts'
import { goals } from './goals.ts'
import { recurring } from './recurring.ts'
import type { Rule } from './rule.ts'
import { viewThreshold } from './view-threshold.ts'

export const criteriaTypes = ['recurring', 'goals', 'cpm', 'view_threshold'] as const
export type CriteriaType = (typeof criteriaTypes)[number]

const rules = { recurring, goals, cpm, view_threshold: viewThreshold }

// biome-ignore lint/suspicious/noExplicitAny: a rule found by its name takes the params and facts of that name
export const ruleOf = (type: CriteriaType): Rule<any, any> => rules[type]
