import { Navigate } from '@tanstack/react-router'

/** The sign-in address has nothing to show to people who are signed in. */
export const LeaveSignIn = () => <Navigate to="/" replace />
