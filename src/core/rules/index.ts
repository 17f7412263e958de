export const criteriaTypes = ['recurring', 'goals', 'cpm', 'view_threshold'] as const
