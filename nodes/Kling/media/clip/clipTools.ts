/** All that works on clips, in one built file: each part reads clips in the same way. */
export { checkClip } from './checkClip';
export { checkSound, MOST_SOUND_BYTES } from './checkSound';
export { checkVideo } from './checkVideo';
export { convertClip } from './convertClip';
export { trimClip } from './trimClip';
