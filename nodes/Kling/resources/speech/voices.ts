import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { matches } from '../../operation/pickers';

export type Language = 'en' | 'zh';

/** Voices that public clients of Kling's speech name, by what they are called and their IDs. Kling has no list of them. */
const ENGLISH = `Ace AOT|Anchor oversea_male1|Beacon ai_huangzhong_712|Blossom ai_shatang|Bud uk_boy1
Candy PeppaPig_platform|Commercial Lady commercial_lady_en_f-v1|Crag uk_man2|Dove genshin_kirara
Grace chengshu_jiejie|Hearth heainainai_speech02|Helen you_pingjing|Lore calm_story1|Lyric ai_chenjiahao_712
Melody girlfriend_4_speech02|Peppy genshin_klee2|Prattle laopopo_speech02|Rock ai_huangyaoshi_712
Sage zhinen_xuesheng|Shine ai_kaiya|Siren chat_0407_5-1|Sprite cartoon-girl-01|Sunny genshin_vindi2
Tender chat1_female_new-3|The Reader reader_en_m-v1|Titan ai_laoguowang_712|Zippy cartoon-boy-07`;

const CHINESE = `阳光少年 genshin_vindi2|懂事小弟 zhinen_xuesheng|运动少年 tiyuxi_xuedi|青春少女 ai_shatang
温柔小妹 genshin_klee2|元气少女 genshin_kirara|阳光男生 ai_kaiya|幽默小哥 tiexin_nanyou
文艺小哥 ai_chenjiahao_712|甜美邻家 girlfriend_1_speech02|温柔姐姐 chat1_female_new-3|职场女青 girlfriend_2_speech02
活泼男童 cartoon-boy-07|俏皮女童 cartoon-girl-01|稳重老爸 ai_huangyaoshi_712|温柔妈妈 you_pingjing
严肃上司 ai_laoguowang_712|优雅贵妇 chengshu_jiejie|慈祥爷爷 zhuxi_speech02|唠叨爷爷 uk_oldman3
唠叨奶奶 laopopo_speech02|和蔼奶奶 heainainai_speech02|东北老铁 dongbeilaotie_speech02|重庆小伙 chongqingxiaohuo_speech02
四川妹子 chuanmeizi_speech02|潮汕大叔 chaoshandashu_speech02|台湾男生 ai_taiwan_man2_speech02
西安掌柜 xianzhanggui_speech02|天津姐姐 tianjinjiejie_speech02|新闻播报男 diyinnansang_DB_CN_M_04-v2
译制片男 yizhipiannan-v1|元气少女 guanxiaofang-v2|撒娇女友 tianmeixuemei-v1|刀片烟嗓 daopianyansang-v1
乖巧正太 mengwa-v1`;

interface SpeechVoice {
	name: string;
	id: string;
}

const read = (table: string): SpeechVoice[] =>
	table.split(/[|\n]/).map((entry) => {
		const at = entry.lastIndexOf(' ');
		return { name: entry.slice(0, at), id: entry.slice(at + 1) };
	});

export const voicesOf = (language: Language): SpeechVoice[] =>
	read(language === 'en' ? ENGLISH : CHINESE);

/** In which languages a voice speaks, as far as it is known here. */
export const languagesOf = (id: string): Language[] =>
	(['en', 'zh'] as const).filter((language) => voicesOf(language).some((voice) => voice.id === id));

/** The voices of the language that the panel shows. */
export async function searchSpeechVoices(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const language = this.getCurrentNodeParameter('language') === 'zh' ? 'zh' : 'en';
	const entries = voicesOf(language).map(({ name, id }) => ({ name, value: id }));
	return await Promise.resolve({ results: entries.filter((entry) => matches(entry, filter)) });
}
