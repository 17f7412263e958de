/** The look: one accent, thin lines, tabular figures; light and dark. Every colour of the pages is decided here. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const jade: MantineColorsTuple = [
  '#e8f6f1',
  '#d3ece3',
  '#a8dac9',
  '#77c7ad',
  '#46b391',
  '#2aa27d',
  '#158768',
  '#0f7559',
  '#0b634c',
  '#064a38',
]

/** Greys with a breath of green, so that dark inputs, menus and dialogs belong to the same page. */
const dark: MantineColorsTuple = [
  '#e9ecea',
  '#c3c9c6',
  '#9ba29f',
  '#6b7370',
  '#363c39',
  '#242928',
  '#1b1f1d',
  '#121514',
  '#0e1110',
  '#0a0c0b',
]

const font = "'Inter Variable', Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', sans-serif"

export const theme = createTheme({
  colors: { jade, dark },
  primaryColor: 'jade',
  primaryShade: { light: 8, dark: 7 },
  fontFamily: font,
  headings: { fontFamily: font, fontWeight: '600' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' }, styles: { root: { fontWeight: 550 } } },
    Tooltip: {
      defaultProps: { openDelay: 150, withArrow: true, multiline: true, events: { hover: true, focus: true, touch: true } },
    },
    // axe: the button that closes a toast has no name of its own
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    InputWrapper: { styles: { label: { marginBottom: 4, fontWeight: 550 }, description: { fontSize: 12, marginBottom: 4 } } },
    Modal: {
      defaultProps: {
        overlayProps: { backgroundOpacity: 0.35 },
        closeButtonProps: { 'aria-label': 'Close' },
        transitionProps: { duration: 120 },
      },
      styles: { title: { fontWeight: 600 } },
    },
    NativeSelect: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
  },
})

/** Colours by scheme. Dimmed text is darker than Mantine's own, which axe finds too faint. */
export const colours: CSSVariablesResolver = () => ({
  variables: { '--row-height': '36px' },
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1a1c1b',
    '--mantine-color-dimmed': '#5f6462',
    '--mantine-color-placeholder': '#6b706e',
    '--mantine-color-default-border': '#d9dcda',
    '--mantine-color-error': '#b42318',
    '--line': '#e8eae9',
    '--line-strong': '#d3d6d4',
    '--subtle': '#f7f8f7',
    '--hover': '#f4f6f5',
    '--selected': '#ebf5f1',
    '--accent': '#0b634c',
    '--negative': '#b42318',
    '--tone-draft': '#5f6462',
    '--tone-approved': '#1d5fa8',
    '--tone-paid': '#0b634c',
    '--tone-warn': '#8a5300',
    '--tone-cancelled': '#6b706e',
    '--notice': '#fdf6e3',
    '--notice-text': '#6b4e00',
    '--shadow': '-12px 0 32px rgb(20 30 26 / 8%)',
  },
  dark: {
    '--mantine-color-body': '#121514',
    '--mantine-color-text': '#e9ecea',
    '--mantine-color-dimmed': '#9ba29f',
    '--mantine-color-placeholder': '#8b928f',
    '--mantine-color-default': '#1b1f1d',
    '--mantine-color-default-hover': '#222725',
    '--mantine-color-default-border': '#363c39',
    '--mantine-color-error': '#ff8f85',
    '--line': '#242928',
    '--line-strong': '#3a403d',
    '--subtle': '#171b19',
    '--hover': '#1a1e1c',
    '--selected': '#15281f',
    '--accent': '#5cc5a5',
    '--negative': '#ff8f85',
    '--tone-draft': '#a9b0ad',
    '--tone-approved': '#8bbcf2',
    '--tone-paid': '#5cc5a5',
    '--tone-warn': '#e8b968',
    '--tone-cancelled': '#8b928f',
    '--notice': '#2a2413',
    '--notice-text': '#ecd28b',
    '--shadow': '-12px 0 32px rgb(0 0 0 / 40%)',
  },
})
