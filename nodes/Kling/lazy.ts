/**
 * What the two nodes do, loaded when one of them first does something: at its start n8n reads the panel of every node,
 * and needs nothing else.
 */
export { testCredential } from './api/credentialTest';
export { findOperation, runOperation } from './resources/operations';
export {
	searchAllVoices,
	searchVoices,
	searchVoiceTasks,
} from './resources/customVoice/searchVoices';
export { searchSpeechVoices } from './resources/speech/voices';
export { searchEndpoints } from './resources/task/path';
export { searchFaces } from './resources/video/face';
export { searchModels, searchVideos, searchVideoTasks } from './resources/video/searchVideos';
export { onCallback } from './trigger/callback';
export { checkKey } from './trigger/listen';
export { onPoll } from './trigger/poll';
export { onStart } from './trigger/start';
