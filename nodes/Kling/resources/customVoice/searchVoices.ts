import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { searchResults } from '../../operation/pickers';
import { CUSTOM_VOICE } from '../../tasks/kinds';

/** The account's custom voices, for every picker of one. */
export async function searchVoices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchResults(this, CUSTOM_VOICE, filter, paginationToken);
}
