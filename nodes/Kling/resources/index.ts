import type { INodeProperties } from 'n8n-workflow';

import { description as customVoice } from './customVoice';
import { description as presetVoice } from './presetVoice';

/** The panel, below the choice of the resource. */
export const descriptions: INodeProperties[] = [...customVoice, ...presetVoice];
