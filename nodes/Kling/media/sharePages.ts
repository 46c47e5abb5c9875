/** What is known of an address that leads to a page about a file, not to the file. */
export interface SharePage {
	/** Whose page it is. */
	site: string;
	/** The address of the file itself, where it can be told from that of the page. */
	direct?: string;
	/** What to change in the page's own address, which may hold a key that is not to be shown. */
	change?: string;
}

interface Site {
	name: string;
	/** The site's hosts; those below them count, too. */
	hosts: string[];
	/** Paths that are pages. Without it, all are. */
	pages?: RegExp;
	/** Paths and queries that do deliver files. */
	files?: (url: URL) => boolean;
	direct?: (url: URL) => string | undefined;
	change?: string;
}

const NEVER: Site[] = [
	['YouTube', 'youtube.com youtu.be youtube-nocookie.com'],
	['Vimeo', 'vimeo.com'],
	['TikTok', 'tiktok.com'],
	['Instagram', 'instagram.com'],
	['Facebook', 'facebook.com fb.watch'],
	['X', 'x.com twitter.com'],
	['Bilibili', 'bilibili.com b23.tv'],
	['Douyin', 'douyin.com'],
	['Xiaohongshu', 'xiaohongshu.com xhslink.com'],
	['Twitch', 'twitch.tv'],
	['Dailymotion', 'dailymotion.com dai.ly'],
	['SoundCloud', 'soundcloud.com snd.sc'],
	['Spotify', 'spotify.com spotify.link'],
	['Apple', 'music.apple.com podcasts.apple.com'],
	['WeTransfer', 'wetransfer.com we.tl'],
	['Loom', 'loom.com'],
	['Telegram', 't.me telegram.me'],
	['iCloud', 'icloud.com'],
	['MEGA', 'mega.nz mega.co.nz'],
	['Google Photos', 'photos.google.com photos.app.goo.gl'],
	['Google Docs', 'docs.google.com'],
	['Baidu Wangpan', 'pan.baidu.com'],
	['Riverside', 'riverside.fm riverside.com'],
	['Descript', 'share.descript.com'],
	['Notion', 'notion.so'],
].map(([name = '', hosts = '']) => ({ name, hosts: hosts.split(' ') }));

/** The files of these sites are on hosts of their own, or at paths of their own. */
const FILES_BELOW = /^(player\.vimeo|[\w-]*cdn[\w-]*|download|content|cvws)\./;

const SITES: Site[] = [
	{
		name: 'Google Drive',
		hosts: ['drive.google.com'],
		files: ({ pathname }) => /^\/(u\/\d+\/)?uc$/.test(pathname),
		direct: (url) => {
			const id = /\/d\/([\w-]{10,})/.exec(url.pathname)?.[1] ?? url.searchParams.get('id');
			return id && /^[\w-]{10,}$/.test(id)
				? `https://drive.google.com/uc?export=download&id=${id}`
				: undefined;
		},
	},
	{
		name: 'Dropbox',
		hosts: ['dropbox.com'],
		files: ({ hostname, searchParams }) =>
			hostname.startsWith('dl.') ||
			searchParams.get('dl') === '1' ||
			searchParams.get('raw') === '1',
		change: 'Change dl=0 at its end to dl=1 to get the file itself.',
	},
	{ name: 'OneDrive', hosts: ['onedrive.live.com', '1drv.ms'], files: downloads },
	{
		name: 'SharePoint',
		hosts: ['sharepoint.com'],
		files: (url) => downloads(url) || /\/download\.aspx$/i.test(url.pathname),
		change: 'If anyone may open the link, add download=1 to its query to get the file itself.',
	},
	{
		name: 'GitHub',
		hosts: ['github.com'],
		pages: /^\/[^/]+\/[^/]+\/(blob|tree)\//,
		files: ({ searchParams }) => searchParams.get('raw') === 'true',
		direct: ({ pathname }) => {
			const [, repository, file] = /^\/([^/]+\/[^/]+)\/blob\/(.+)$/.exec(pathname) ?? [];
			return repository && file
				? `https://raw.githubusercontent.com/${repository}/${file}`
				: undefined;
		},
	},
	...['gitlab.com', 'bitbucket.org', 'codeberg.org', 'huggingface.co'].map((host) => ({
		name: host.replace(/\.\w+$/, '').replace(/^./, (letter) => letter.toUpperCase()),
		hosts: [host],
		pages: /\/(-\/)?(blob|src|tree)\//,
		direct: ({ origin, pathname }: URL) =>
			origin +
			pathname.replace(/\/(blob|src)\//, host === 'huggingface.co' ? '/resolve/' : '/raw/'),
	})),
	{
		name: 'Box',
		hosts: ['box.com'],
		pages: /^\/(s|file|v)\//,
		files: ({ pathname }) => pathname.startsWith('/shared/static/'),
	},
	{ name: 'pCloud', hosts: ['pcloud.link', 'pcloud.com'], pages: /^\/publink\// },
	{ name: 'Discord', hosts: ['discord.com', 'discordapp.com'], pages: /^\/channels\// },
	{ name: 'Freesound', hosts: ['freesound.org'], pages: /\/sounds\/\d+\/?$/ },
	{ name: 'Internet Archive', hosts: ['archive.org'], pages: /^\/details\// },
	...NEVER,
];

/** Kling would get the page, and a task that must fail would be paid for. */
export function sharePage(url: URL): SharePage | undefined {
	const host = url.hostname.replace(/\.+$/, '');
	const site = SITES.find(({ hosts }) =>
		hosts.some((known) => host === known || host.endsWith(`.${known}`)),
	);
	if (!site || FILES_BELOW.test(host)) return undefined;
	if ((site.pages && !site.pages.test(url.pathname)) || site.files?.(url)) return undefined;
	return { site: site.name, direct: site.direct?.(url), change: site.change };
}

/** What to do about a share page, in sentences. */
export function sharePageAdvice({ direct, change }: SharePage): string {
	if (change !== undefined) return change;
	return direct === undefined
		? 'Download the file and choose File as the source, or enter an address that gives the file itself.'
		: `Enter the address of the file itself: ${direct}`;
}

function downloads({ pathname, searchParams }: URL): boolean {
	return searchParams.get('download') === '1' || /\/download$/i.test(pathname);
}
