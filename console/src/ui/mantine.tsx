import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/ScrollArea.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/VisuallyHidden.css';
import '@mantine/core/styles/Paper.css';
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/CloseButton.css';
import '@mantine/core/styles/Group.css';
import '@mantine/core/styles/Overlay.css';
import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Modal.css';
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/Combobox.css';
import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';
import '@mantine/core/styles/Switch.css';
import './mantine.css';
import { createTheme, type MantineColorsTuple, MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useShownScheme } from './theme.ts';

/** Harbour teal from light to dark; the shade in use comes from the tokens, see `mantine.css`. */
const harbour: MantineColorsTuple = [
  '#e6f3f5',
  '#cfe4e8',
  '#a3cdd5',
  '#72b4c0',
  '#4c9fae',
  '#2f8b9b',
  '#157486',
  '#0a5866',
  '#084651',
  '#05343d',
];

const theme = createTheme({
  colors: { harbour },
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 4 },
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 5,
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: {
        centered: false,
        yOffset: '9vh',
        transitionProps: { duration: 100 },
        overlayProps: { backgroundOpacity: 0.45 },
      },
    },
    Select: { defaultProps: { size: 'xs', checkIconPosition: 'right' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    Autocomplete: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm', withThumbIndicator: false } },
  },
});

/**
 * Mantine for the pages that use its rich widgets. It comes with those pages, not with the frame, so that
 * the queue paints without it.
 */
export function Mantine({ children }: { children: ReactNode }) {
  const scheme = useShownScheme();
  return (
    <MantineProvider theme={theme} forceColorScheme={scheme}>
      {children}
    </MantineProvider>
  );
}
