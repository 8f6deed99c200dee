"""What the judgement of user agents, referrers and campaigns rests on. Made by ``make enrichment``; edit the
lists in ``tools/enrichment`` instead.

Text, not objects: a function's code comes without bytecode, and this is quick to compile. A line is a row, its
cells are parted by tabs.

Names of robots from isbot 5.2.3 (Unlicense); crawlerdetect 0.4.2 (MIT); ai-crawler-index 1.3.0 (MIT).
Their licences are in ``tools/enrichment/licences``, and among the licences in the wheel. All else is the
project's own.
"""

BROWSERS = r"""
Facebook	fban fbav fbios orca				\b(?:fbav|orca-android)/(\d+)|\bfb(?:an|ios)\b
Instagram	instagram				\binstagram (\d+)
Line	line				\bline/(\d+)[.\d]*(?:/iab)?
KakaoTalk	kakaotalk				\bkakaotalk[/ ](\d+)
NAVER	naver				\bnaver\(inapp; \w+; \d+; (\d+)
WeChat	micromessenger				\bmicromessenger/(\d+)
TikTok	bytedancewebview bytelocale musical trill tiktok				\b(?:musical_ly|trill)_(\d+)|\btiktok[/ ](\d+)|\bbyte(?:dancewebview|locale)/
Snapchat	snapchat				\bsnapchat/(\d+)
Pinterest	pinterest				\bpinterest/(?!\d)|\bpinterest(?: for (?:android|ios))?/(\d+)
X	twitter twitterandroid				\btwitter for i(?:phone|pad)(?:/(\d+))?|\btwitterandroid\b
LinkedIn	linkedinapp				\blinkedinapp\b(?:\]?/(\d+))?
Google App	gsa				\bgsa/(\d+)
Edge	edg edge edga edgios				\bedg(?:e|a|ios)?/(\d+)
UC Browser	uc ucbrowser ucmobile ubrowser ucweb				\b(?:uc ?browser|ucmobile|ubrowser|ucweb)/?(\d+)
Opera	opr opios opt opx oprgx				\b(?:opr|oprgx|opios|opt|opx)/(?:att/)?(\d+)
Opera	opera		mini		\bopera mini/(?:att/)?(\d+)
Opera	opera		version		\bversion/(\d+)
Opera	opera				\bopera[/ ](\d+)
Samsung Internet	samsungbrowser				\bsamsungbrowser/(\d+)
Huawei Browser	huaweibrowser arkweb				\b(?:huaweibrowser|arkweb)/(\d+)
MIUI Browser	miuibrowser				\bmiuibrowser/(\d+)
Vivo Browser	vivobrowser				\bvivobrowser/(\d+)
HeyTap Browser	heytapbrowser oppobrowser				\b(?:heytapbrowser|oppobrowser)/(\d+)
QQ Browser	mqqbrowser qqbrowser				\bm?qqbrowser/(?:mini)?(\d+)
Baidu	baiduboxapp bidubrowser baidubrowser				\b(?:baiduboxapp|bidubrowser|baidubrowser)/(\d+)
Sogou Explorer	metasr sogoumobilebrowser				\bmetasr (\d+)|\bsogoumobilebrowser/(\d+)
Yandex Browser	yabrowser yasearchbrowser yaapp				\b(?:yabrowser|yasearchbrowser|yaapp_android)/(\d+)
Whale	whale				\bwhale/(\d+)
Coc Coc	coc				\bcoc_coc_browser/(\d+)
Vivaldi	vivaldi				\bvivaldi/(\d+)
Brave	brave				\bbrave(?: chrome)?/(\d+)
Amazon Silk	silk				\bsilk/(\d+)
DuckDuckGo	duckduckgo ddg				\b(?:duckduckgo|ddg)/(\d+)
Ecosia	ecosia				\becosia (?:android|ios)@(\d+)
Maxthon	maxthon mxbrowser mxios				\b(?:maxthon|mxbrowser|mxios)[/ ]?(\d+)?
Puffin	puffin				\bpuffin/(\d+)
Avast Secure Browser	avast				\bavast/(\d+)
SeaMonkey	seamonkey				\bseamonkey/(\d+)
Pale Moon	palemoon				\bpalemoon/(\d+)
Waterfox	waterfox				\bwaterfox/(\d+)
Konqueror	konqueror				\bkonqueror/(\d+)
Epiphany	epiphany				\bepiphany/(\d+)
Falkon	falkon qupzilla				\b(?:falkon|qupzilla)/(\d+)
NetFront	netfront				\bnetfront/(\d+)
Lynx	lynx				\blynx/(\d+)
Links	links elinks				\be?links(?:/| \()(\d+)
w3m	w				\bw3m/(\d+)
Chrome	crios headlesschrome chrome chromium				\b(?:crios|headlesschrome|chrome|chromium)/(\d+)
Firefox	fxios firefox focus klar				\b(?:fxios|firefox|focus|klar)/(\d+)
Internet Explorer	msie				\bmsie (\d+)
Internet Explorer	trident		rv		\brv:(\d+)
BlackBerry Browser	bb blackberry playbook		version		\bversion/(\d+)
Android Browser	android adr		safari version		\bversion/(\d+)
Safari	safari		version	android adr	\bversion/(\d+)(?:\.\d+)* safari/
Safari	macintosh iphone ipad ipod windows		safari version		\bversion/(\d+)
"""

SYSTEMS = r"""
watchOS	watchos				\bwatchos(?:[ /,]+(\d+(?:\.\d+)*))?
tvOS	tvos appletv				\btvos(?:[ /]+(\d+(?:\.\d+)*))?|\bappletv\d+,\d+/(\d+(?:\.\d+)*)|\bappletv\b
Windows Phone	phone				\bwindows phone(?: os)?(?:[ /](\d+(?:\.\d+)*))?
Windows Mobile	windows				\bwindows (?:ce|mobile)\b(?:[ /](\d+(?:\.\d+)*))?
KaiOS	kaios				\bkaios(?:/(\d+(?:\.\d+)*))?
Tizen	tizen				\btizen(?:[ /](\d+(?:\.\d+)*))?
webOS	web webos hpwos netcast				\b(?:web0s|webos|hpwos)(?:/(\d+(?:\.\d+)*))?|\bnetcast\b
Roku OS	roku			android iphone ipad ios	\broku(?![a-z])(?:\w{0,16}/dvp-(\d+(?:\.\d+)*))?
PlayStation	playstation			android iphone ipad ios	\bplaystation\b
Nintendo	nintendo			android iphone ipad ios	\bnintendo\b
HarmonyOS	harmonyos openharmony				\b(?:harmonyos|openharmony)(?:[ /](\d+(?:\.\d+)*))?
iOS	iphone ipad ios ipados cpu			android	\b(?:cpu (?:(?:iphone|ipad) )?os|cpu i(?:phone|pad)|iphone os|(?<!for )ios|ipados)(?:[ /:_]{1,3}v?|(?=\d))(\d+(?:[._]\d+)*)
iOS	iphone ipad ipod ios ipados cpu crios fxios edgios opios			android	\bi(?:phone|pad|pod)(?![a-z])|\bcpu (?:os|i(?:phone|pad))(?![a-z])|\b(?:cr|fx|edg|op)ios/|\b(?:ios|ipados)\b
BlackBerry OS	rim				\brim tablet os (\d+(?:\.\d+)*)
BlackBerry OS	playbook				\bplaybook\b
BlackBerry OS	blackberry bb		version	android	\bversion/(\d+(?:\.\d+)*)
BlackBerry OS	blackberry bb			android	\bblackberry(?:\w{1,8}/(\d+(?:\.\d+)*))?|\bbb10\b
Symbian	symbianos symbian symbos series				\bsymb(?:ianos|ian|os)\b|\bseries ?[46]0\b
Android	android adr				(?<!for )(?<!-)\bandroid[ /-]?v?(\d+(?:\.\d+)*)|\badr (\d+(?:\.\d+)*)
Android	android				\bandroid(?![a-z])
Android	silk kfapwa				\bsilk/|\bkf[a-z]{2,5} build/
Bada	bada				\bbada(?:/(\d+(?:\.\d+)*))?
Sailfish OS	sailfish				\bsailfish\b
Chrome OS	cros				\bcros \S+ (\d+)|\bcros\b
Windows	windows				\bwindows[ /](?:nt )?(\d+(?:\.\d+)?|xp|vista|me)\b
Windows	windows win winnt				\bwindows\b|\bwin(?:nt)?(9[58x]|[36]\d|nt)\b
FreeBSD	freebsd				\bfreebsd\b
OpenBSD	openbsd				\bopenbsd\b
NetBSD	netbsd				\bnetbsd\b
Solaris	sunos solaris				\b(?:sunos|solaris)\b
OS/2	os				\bos/2\b
Haiku	haiku				\bhaiku\b
BeOS	beos				\bbeos\b
AmigaOS	amigaos amiga amigavoyager				\bamiga(?:os|voyager)?(?![a-z])
Fuchsia	fuchsia				\bfuchsia\b
macOS	mac macos macosx				(?<!like )\bmac ?os(?: ?x)?[ /](\d+(?:[._]\d+)*)
macOS	mac macos macintosh macosx macbook macbookair macbookpro imac macmini macpro				(?<!like )\bmac ?os(?: ?x)?\b|\bmacintosh\b|\bmac_powerpc\b|\bmacbook(?:air|pro)?(?![a-z])|\bimac\d|\bmacmini\d|\bmacpro\d
Linux	linux ubuntu				\blinux\b|\bubuntu\b
"""

DEVICES = r"""
wearable	watchos watch wear				\bwatchos\b|\bapple watch\b|\bwatch\d+,\d+|\bwear os\b
console	playstation nintendo xbox ps dreamcast			android iphone ipad ios	\bps[345]\b|\bdreamcast\b|\bplaystation\b|\bnintendo\b|\bxbox\b
console	ouya				\bouya\b
tablet	ipad			android	\bipad(?![a-z])
mobile	iphone ipod iphonex iphonexs iphonexr iphonexsmax iphonese				\bi(?:phone(?:xr|xs|xsmax|x|se)?|pod)(?![a-z])
tv	hbbtv kepler youviewhtml hybridcast vizios bravia crkey chromecast appletv tvos netcast viera smarttv googletv androidtv mitv vidaa tivo omi atv nettv inettvbrowser ceatml				\bhbbtv\b|\bkepler/|\byouviewhtml\b|\bhybridcast\b|\bvizios\b|\bbravia\b|\bcrkey\b|\bchromecast\b|\bappletv(?![a-z])|\btvos\b|\bnetcast\b|\bviera\b|\b(?:smart|google|android|mi|net)tv(?![a-z])|\bvidaa\b|\btivo\b|\bomi/\d|\batv\b|\binettvbrowser\b|\bce-?html\b
tv	roku			android	\broku(?![a-z])
tv	tv				\b(?:smart|android|apple|google|hybrid|fire|4k|mi|led|lcd|internet|philips|sony|tcl|hisense)[ _-]?tv\b|\btv (?:safari|build|bro|store)|[_;(\[,+ ]tv[_;)\]]|\bopera tv\b
tv	web				\bweb0s\b
tv		aft			(?<![a-z])aft[a-z]{1,6}\d{0,5}(?:[ _]build|[;)-])
car	tesla qtcarbrowser automotive carplay				\btesla/|\bqtcarbrowser\b|\bandroid automotive\b
tablet	tablet playbook kindle nook				\btablet\b(?! ?pc)|\bplaybook\b|\bkindle(?: fire|/[1-5]\.\d|[;)])|\bnook\b
tablet	silk			mobile	\bsilk/
tablet	silk				\bkf[a-z]{2,5} build/
tablet	android			mobile mobi phone	\b(?:safari|firefox)/
mobile	mobile mobi phone blackberry bb symbian symbianos symbos midp iemobile kaios				\bmobile?\b|\bwindows phone\b|\bblackberry(?![a-z])|\bbb10\b|\bsymb(?:ianos|ian|os)\b|\bmidp\b|\biemobile\b|\bkaios\b
mobile	opera series obigo untrusted				\bopera m(?:ini|obi)/|\bseries ?[46]0\b|\bobigo(?![a-z])|\buntrusted/
mobile	up wap maui brew teleca				\bup\.(?:browser|link)\b|\bupbrowser\b|\bwap[ -]?browser|/maui|\bmaui[ /]|\bbrew[ /]|\bteleca\b
mobile	windows				\bwindows (?:ce|mobile)\b
desktop	windows macintosh macos macosx mac cros macbook macbookair macbookpro imac macmini macpro				\bwindows\b|\bmacintosh\b|(?<!like )\bmac ?os(?: ?x)?\b|\bcros\b|\bmacbook(?:air|pro)?(?![a-z])|\bimac\d|\bmacmini\d|\bmacpro\d
desktop	x linux ubuntu			mobile android touch	\bx11;|\blinux (?:x86_64|i[3-6]86|amd64)|\bubuntu\b
mobile		nokia			nokia
mobile					^(?:docomo/|kddi-|softbank|vodafone|j-phone|portalmmm|acer-|alcatel|amoi|asus-|benq|dopod|ericsson|haier|hitachi-|htc|huawei|kwc|kyocera|lenovo|lg|mitsu|mot-|motorola|nec-|nexian|nokia|palm|panasonic|pantech|philips|qc-|qtek|sagem|sam-|samsung|sanyo|sch-|sec-|sendo|sgh-|sharp|sie-|sonyericsson|spice|sph-|tcl-|telit|tianyu|toshiba|vk|zte)[\w -]*[\d/]
"""

WINDOWS = r"""
10.0	10
6.3	8.1
6.2	8
6.1	7
6.0	Vista
5.2	XP
5.1	XP
5.0	2000
xp	XP
vista	Vista
me	ME
9x	ME
"""

RULES = r"""
crawler		bot	not in the model	(?<!\bcu)(?<!\biro)bots?(?![a-z])|(?<!\bi)robot
crawler		crawl	not in the model	crawl
crawler		spider	not in the model	spider(?!-?man)
crawler	google		anywhere	\bgoogle-(?!chrome|app|pixel)[a-z]
crawler	whatsapp		anywhere	^whatsapp/[\d.]+(?: cfnetwork/|(?: [a-z])?$)
crawler		scrap	not in an app	scrap(?:er|y|ing|e)
crawler		archive	not in an app	archive
crawler		indexer	not in an app	indexer
crawler		fetch	not in an app	(?<!mozac)fetch
crawler		monitor	not in an app	monitor
crawler		check	not in an app	check(?!out)
crawler		valid	not in an app	validat
crawler		verif	not in an app	verif
crawler		preview	not in an app	preview
crawler		scan	not in an app	scan(?:ner|ning|/|\b)
crawler		inspect	not in an app	inspect(?:or|ion)
crawler		analy	not in an app	analy[sz]er
headless		headless	anywhere	headless
link		http	not in an app of its own	https?:/
link		@	not in an app of its own	[\w.-]@[a-z0-9-]+\.[a-z]
link		+	not in an app of its own	\+[a-z0-9.-]+\.[a-z]{2}
compatible		(compatible;	anywhere	(?<=.{16}) \(compatible; (?!msie|konqueror|yospace|icab|linux|windows|wow64|u;|netscape|opera|ms-office|googletoolbar|ibrowse|amiga|netpositive|polaris|teleca|risc os|ncbrowser|acorn|adobe|lotus|dillo|nokia|oss/|odyssey|kun/|antgalio)
compatible		(compatible;	not in an app	^mozilla/[1-9]\.\d+ \(compatible; (?!msie|konqueror|yospace|icab|linux|windows|wow64|u;|netscape|opera|ms-office|googletoolbar|ibrowse|amiga|netpositive|polaris|teleca|risc os|ncbrowser|acorn|adobe|lotus|dillo|nokia|oss/|odyssey|kun/|antgalio)
compatible		; compatible;	anywhere	gecko\)?; compatible; (?!msie|konqueror)
crawler		, mozilla/	anywhere	^[^(]{1,40}, mozilla/
crawler	speed pagespeed		anywhere	\bpage ?speed\b
crawler	daum daumoa		anywhere	\bdaum(?:oa)?[ /]\d
link		www.	not in an app	\bwww\.[a-z0-9-]+\.[a-z]
tool	cursor		anywhere	\bcursor/\d
tool		http	not in an app	http ?client|httpurlconnection|\bhttp_|\bhttp/
tool	java		not in an app	\bjava/\d
tool	libwww		anywhere	\blibwww-perl
tool	okhttp		anywhere	^okhttp/[\d.]+(?:-\w+)?$
tool	node		not in an app	\bnode(?:\.js)?\b
tool	python pythonw		not in the model	\bpythonw?(?![a-z])
crawler	slurp pagespeed mediapartners adsbot facebookexternalhit pingdom ptst appinsights siteimprove googleother bingpreview googleweblight duplexweb googleadsenseinfeed storebot ruxitsynthetic syntheticsagent synthetics catchpoint cloudflareobservatory cloudflarediagnostics pageburst adbeat pingdomtms convertify dmbrowser thumbor outbrain gtmetrix swcd		anywhere	
crawler	lighthouse favicon uptime		not in an app of its own	
tool	wget httpie postman postmanruntime aiohttp httpx guzzle guzzlehttp winhttp restsharp nutch heritrix httrack nikto nmap sqlmap zgrab nagios clamav wechatdevtools		anywhere	
tool	ruby perl php axios insomnia		not in the model	
headless	phantomjs slimerjs puppeteer playwright selenium webdriver cypress		not in the model	
crawler	search feed feeds snippet survey research transcoder seo ping proxy resolver synthetic subscribers audit url parser downloader capture splash		not in an app	
tool	curl libcurl		not in an app	
"""

PEOPLE = r"""
cfnetwork
darwin
dalvik
androidos
syllable
inferno
serenityos
foma
jig
dreamcast
risc
foxit
up
obigo
midp
untrusted
maui
brew
teleca
wap
dorado
onebrowser
ibrowser
browserng
samsung
nokia
htc
lg
lge
sony
sonyericsson
huawei
alcatel
motorola
mot
lenovo
zte
pantech
audiovox
asus
acer
bird
lava
sagem
palm
palmscape
outlook
lync
ms
lotus
thunderbird
eudora
barca
windowsmail
bat
airmail
quicktime
itunes
vlc
libvlc
winamp
kodi
xbmc
foobar
mplayer
banshee
clementine
audacious
mediamonkey
amarok
rhythmbox
plex
spotify
sonos
podcasts
antennapod
podkicker
rssradio
castro
gpodder
juice
overcast
casts
podcast
podcatcher
player
googleapp
mozacfetch
office
officemobile
webexteams
viber
telegram
skype
steam
battle
bluestacks
galaxy
emacs
vscode
mosaic
dillo
elinks
midori
netsurf
amaya
w
lynx
links
uzbl
browser
roku
hbbtv
youviewhtml
hybridcast
vizios
kepler
gibbon
netflix
echo
garmin
"""

NAMES = r"""
tabs	13tabs
comagent	192.comagent
pilot	1pilot
gdpr	2gdpr
enemy	404enemy
siters	7siters
legs	80legs
aether	^aether
notification	^amazon simple notification service agent
service	^amazon-route53-health-check-service
apache	^apache
azure	^azure
biglotron	^biglotron
blackbox	^blackbox exporter
bluefish	^bluefish
calypso	^calypso v
claude	^claude-code
cobweb	^cobweb
comodo	^comodo dcv
corax	^corax
dangdang	^dangdang
dart	^dart
davclnt	^davclnt
dhsh	^dhsh
discourse	^discourse
docker	^docker
exodusmovement	^exodusmovement
exposurescanner	^exposurescanner
fdm	^fdm
getright	^getright
git	^git
goose	^goose
goosee	^goosee-audit
gozilla	^gozilla
grabber	^grabber
gradle	^gradle
networks	^hello from palo alto networks
hobbit	^hobbit
hotzonu	^hotzonu
httpclient	^httpclient
httping	^httping
hwcdn	^hwcdn
igetter	^igetter
java	^java
jeode	^jeode
jetty	^jetty
jigsaw	^jigsaw
mget	^mget
microsoft	^microsoft bits
microsoft	^microsoft url control
mikrotik	^mikrotik
movabletype	^movabletype
netlab	^netlab360
npm	^npm
nuclei	^nuclei
openai	^openai
owler	^owler
php	^php
aymapi	^php-aymapi
pip	^pip
pnpm	^pnpm
postman	^postman
daily	^ps_daily
remove	^remove.bg
rss	^rss
sora	^sora
stape	^stape
svn	^svn
swcd	^swcd
swurl	^swurl
symbolicator	^symbolicator
taringa	^taringa
thumbor	^thumbor
tester	^tls tester
twine	^twine
ureq	^ureq
visionheight	^visionheight.com/scan
vse	^vse
webbandit	^webbandit
webcopier	^webcopier
wget	^wget
wordpress	^wordpress
wordpress	^wordpress.com
sleuth	^xenu link sleuth
xrl	^xrl
zdm	^zdm
zmeu	^zmeu
logics	a3logics.in
indexer	a6-indexer
abonti	abonti
aboundex	aboundex
aboutthedomain	aboutthedomain
abuse	abuse
accoona	accoona-ai-agent
acebookexternalhit	acebookexternalhit
sectigo	acme.sectigo.com
acoon	acoon
acrylicapps	acrylicapps.com/pulp
acunetix	acunetix
adauth	adauth
addthis	addthis
admantx	admantx
adminlabs	adminlabs
adressendeutschland	adressendeutschland
adreview	adreview
adscanner	adscanner
adstxt	adstxt-worker
adstxt	adstxt.com
adstxtaggregator	adstxtaggregator
httpclient	adyen httpclient
affiliatelabz	affiliatelabz
affilimate	affilimate-puppeteer
agentslug	agentslug
ahc	ahc
ahrefs	ahrefs
ahrefssiteaudit	ahrefssiteaudit
aihit	aihit
aiwebindex	aiwebindex
akka	akka-http
akula	akula
alertra	alertra
alexa	alexa site audit
security	alibaba.security.heimdall
allloadin	allloadin
allsubmitter	allsubmitter
alyze	alyze.info
amagit	amagit
client	amphp/http-client
analyzer	analyzer
anarchie	anarchie
anemone	anemone
anglesharp	anglesharp
annotate	annotate_google
anomura	anomura
ant	ant.com
anthropic	anthropic-ai
anturis	anturis agent
anyevent	anyevent-http
apache	apache ant
apache	apache droid
httpasyncclient	apache-httpasyncclient
httpclient	apache-httpclient
apachebench	apachebench
apexoo	apexoo
apimon	apimon.de
google	apis-google
aportworm	aportworm
appbeat	appbeat
appengine	appengine-google
applesyndication	applesyndication
aprc	aprc
arachmo	arachmo
arachnode	arachnode
arachnophilia	arachnophilia
archive	archive
aria	aria2
arukereso	arukereso
asafaweb	asafaweb
jeeves	ask jeeves
jeeves	ask jeeves/teoma
askquickly	askquickly
aspseek	aspseek
asterias	asterias
asynchttp	asynchttp
attohttpc	attohttpc
attracta	attracta
audit	audit
autocite	autocite
automaticwptester	automaticwptester
awin	awin.com
security	aws security scanner
backlink	backlink-ceck
backlinkhttpstatus	backlinkhttpstatus
backstreet	backstreet
backupland	backupland
backweb	backweb
neighborhood	bad-neighborhood
baidu	baidu.com
barkrowler	barkrowler
basicstate	basicstate
batchftp	batchftp
battleztar	battleztar bazinga
baypup	baypup
bazqux	bazqux
bbbike	bbbike
bcklinks	bcklinks
bdfetch	bdfetch
begunadvertising	begunadvertising
security	bewica-security-scan
bidtellect	bidtellect
bigbozz	bigbozz
biglotron	biglotron
binglocalsearch	binglocalsearch
binlar	binlar
cacher	binu image cacher
bitacle	bitacle
preview	bitrix link preview
directory	biz_directory
bkctwitterunshortener	bkctwitterunshortener
blackboard	blackboard safeassign
blackwidow	blackwidow
blocknote	blocknote.net
blogbridge	blogbridge
bloglines	bloglines
bloglovin	bloglovin
blogpulselive	blogpulselive
blogsearch	blogsearch
blogtrottr	blogtrottr
bluecoat	bluecoat drtr
boitho	boitho.com-dc
boost	boost.beast
bpimagewalker	bpimagewalker
braintree	braintree-webhooks
metrics	branch metrics api
passthrough	branch-passthrough
brandprotect	brandprotect
brandwatch	brandwatch
brodie	brodie
browsershots	browsershots
bubing	bubing
builtwith	builtwith
bunnyslippers	bunnyslippers
search	burf search
burpcollaborator	burpcollaborator
buzzsumo	buzzsumo
caam	caam
crwlr	caam dot crwlr at gmail dot com
cakephp	cakephp
calculon	calculon
caretnail	caretnail
catexplorador	catexplorador
metadata	cc metadata scaper
cegbfeieh	cegbfeieh
censys	censys
cerberian	cerberian drtrs
statistics	cert.at-statistics-survey
facebook	cf-facebook
eye	cg-eye
changedetection	changedetection
changesmeter	changesmeter
chatgpt	chatgpt agent
chatgpt	chatgpt-user
chatterino	chatterino-api-cache
checker	checker
checkhost	checkhost
checkprivacy	checkprivacy
cherrypicker	cherrypicker
chinaclaw	chinaclaw
chkme	chkme.com
chlooe	chlooe
chromaxa	chromaxa
lighthouse	chrome-lighthouse
cirrusexplorer	cirrusexplorer
vulnerability	cispa vulnerability notification
analyser	cispa web analyser
citoid	citoid
cjnetworkquality	cjnetworkquality
clarsentia	clarsentia
classifier	classifier
claude	claude-user
claude	claude-web
clips	clips.ua.ac.be
mapping	cloud mapping
cloudendure	cloudendure
cloudflare	cloudflare
alwaysonline	cloudflare-alwaysonline
cloudflare	cloudflare-autorag
healthchecks	cloudflare-healthchecks
ssldetector	cloudflare-ssldetector
cloudinary	cloudinary
cmcm	cmcm.com
cognitiveseo	cognitiveseo
cohere	cohere-ai
coldfusion	coldfusion
collapsify	collapsify
colly	colly -
commafeed	commafeed
httpclient	commons-httpclient
commonscan	commonscan
contactbigdatafr	contactbigdatafr
contentkingapp	contentkingapp
contextual	contextual code sites explorer
convera	convera
cookiehubverify	cookiehubverify
cookiereports	cookiereports
copyright	copyright sheriff
copyrightcheck	copyrightcheck
copyscape	copyscape
feedback	cosmos4j.feedback
cotoyogi	cotoyogi
covario	covario-ids
cpanel	cpanel-http-client
httplib	cpp-httplib
craw	craw
criteo	criteo
crowsnest	crowsnest
cshttp	cshttp
csscheck	csscheck
cula	cula
curious	curious george
curl	curl
cursor	cursor
cuwhois	cuwhois
cybo	cybo.com
nethttp	dap/nethttp
dareboost	dareboost
databasedrivermysqli	databasedrivermysqli
datacha	datacha0s
datadogsynthetics	datadogsynthetics
datafeedwatch	datafeedwatch
datanyze	datanyze
dataparksearch	dataparksearch
dataprovider	dataprovider
dataxu	dataxu
dbpoweramp	dbpoweramp
ddline	ddline
debugbear	debugbear
deeris	deeris
dejaclick	dejaclick
delve	delve.ai
detect	detect
deusu	deusu
digincore	digincore
digitalpebble	digitalpebble
dirbuster	dirbuster
discourse	discourse forum onebox
disqus	disqus
dittospyder	dittospyder
dlvr	dlvr
reporting	dnspod-reporting
docoloc	docoloc
dolphin	dolphin http client
domainappender	domainappender
domainlabz	domainlabz
domains	domains project
explorer	donuts content explorer
dotmailer	dotmailer content retrieval
dotsemantic	dotsemantic
downforeveryoneorjustme	downforeveryoneorjustme
download	download wonder
downnotifier	downnotifier
downtimedetector	downtimedetector
drupact	drupact
agent	dts agent
dubaiindex	dubaiindex
duplexweb	duplexweb-google
dynatracesynthetic	dynatracesynthetic
earthcom	earthcom
thumb	easy-thumb
easydl	easydl
ebingbong	ebingbong
linkfinder	ec2linkfinder
grabber	ecairn-grabber
ecatch	ecatch
eccp	eccp
econtext	econtext
ecxi	ecxi
eirgrabber	eirgrabber
electricmonk	electricmonk
elefent	elefent
exractor	email exractor
email	email wolf
emailwolf	emailwolf
embarcadero	embarcadero
library	embed php library
embedly	embedly
europarchive	europarchive.org
batch	evc-batch
eventmachine	eventmachine httpclient
everwall	everwall link expander
evidon	evidon
evrinid	evrinid
exactsearch	exactsearch
exaleadcloudview	exaleadcloudview
exif	exif
exorank	exorank
exploratodo	exploratodo
webpictures	express webpictures
extreme	extreme picture finder
eyenetie	eyenetie
ezooms	ezooms
facebookcatalog	facebookcatalog
facebookexternalua	facebookexternalua
facebookplatform	facebookplatform
fairshare	fairshare
faraday	faraday v
fasthttp	fasthttp
faveeo	faveeo
downloader	favicon downloader
faviconarchive	faviconarchive
faviconkit	faviconkit
favorg	favorg
fediact	fediact service
wrangler	feed wrangler
feedable	feedable
feedbin	feedbin
feedbooster	feedbooster
feedbucket	feedbucket
feedbunch	feedbunch
feedburner	feedburner
feeder	feeder
feedfetcher	feedfetcher-google
feedly	feedly
feedshow	feedshow
feedshowonline	feedshowonline
feedspot	feedspot
feedviewer	feedviewer
feedwind	feedwind
feedzcollector	feedzcollector
feeltiptop	feeltiptop
fetch	fetch api
fhscan	fhscan
filestack	filestack
fimap	fimap
findlink	findlink
findthatfile	findthatfile
flipboardbrowserproxy	flipboardbrowserproxy
flipboardproxy	flipboardproxy
florienzh	florienzh
flunky	flunky
scanner	foda-scanner
foregenix	foregenix
forensiq	forensiq
forusp	forusp
foundseotool	foundseotool
fragfinn	fragfinn.de
thumbnails	free thumbnails
freeuploader	freeuploader
freshrss	freshrss
frontman	frontman
functionize	functionize
funnelback	funnelback
faster	fuzz faster u fool
net	g00g1e.net
ganarvisitas	ganarvisitas
gdnplus	gdnplus.com
geedoproductsearch	geedoproductsearch
geedoshopproductfinder	geedoshopproductfinder
tools	geek-tools
genieo	genieo
gentlesource	gentlesource
getcode	getcode
getintent	getintent
getlinkinfo	getlinkinfo
getprismatic	getprismatic
getright	getright
getroot	getroot
geturlinfo	geturlinfo
getweb	getweb
geziyor	geziyor
inspector	ghost inspector
gigablastopensource	gigablastopensource
labs	gis-labs
github	github-camo
hookshot	github-hookshot
github	github.com
gitlab	gitlab
package	go http package
zilla	go!zilla
ahead	go-ahead-got-it
client	go-http-client
mtasts	go-mtasts
gobuster	gobuster
gobyus	gobyus
gofeed	gofeed
gofetch	gofetch
goldfire	goldfire server
gomezagent	gomezagent
gooblog	gooblog
goodzer	goodzer
appsviewer	google appsviewer
favicon	google favicon
suggestion	google keyword suggestion
keyword	google keyword tool
default	google pp default
console	google search console
preview	google web preview
google	google-apps-script
googleassociationservice	googleassociationservice
googlehc	googlehc
googlemessages	googlemessages
googleother	googleother-image
googleother	googleother-video
googleprober	googleprober
googleproducer	googleproducer
googlesites	googlesites
gookey	gookey
gospotcheck	gospotcheck
thumbnailer	gosquared-thumbnailer
gotit	gotit
gozilla	gozilla
grabify	grabify
grafula	grafula
grapefx	grapefx
greatnews	greatnews
gregarius	gregarius
grequests	grequests
grokkit	grokkit
grouphigh	grouphigh
client	grub-client
gsoap	gsoap
www	gt::www
haansoft	haansoft
hackney	hackney
agent	hadi agent
happyapps	happyapps-webcheck
hardenize	hardenize
hatena	hatena
haveinlistenricher	haveinlistenricher
havij	havij
haxermen	haxermen
headmasterseo	headmasterseo
heartrails	heartrails_capture
dataminr	help@dataminr.com
hexometer	hexometer
research	hf-research
historious	historious
hkedcity	hkedcity
hledejlevne	hledejlevne.cz
hloader	hloader
hmview	hmview
honesosearchengine	honesosearchengine
hootsuite	hootsuite image proxy
hootsuite	hootsuite-webfeed
hosterstats	hosterstats
hosttracker	hosttracker
hotjar	hotjar
check	ht://check
htdig	htdig
htmlparser	htmlparser
htmlyse	htmlyse
detection	http banner detection
http	http-get
abfrage	http-header-abfrage
http	http-kit
request	http-request
http	http-tiny
http	http.rb
neomo	http://www.neomo.de
http	http::lite
compression	http_compression_test
http	http_get
request	http_request2
requester	http_requester
httpcomponents	httpcomponents
httphr	httphr
httpmon	httpmon
httprequest	httprequest
httpscheck	httpscheck
httpssites	httpssites_power
httpunit	httpunit
httpurlconnection	httpurlconnection
huaweisymantec	huaweisymantec
hubspot	hubspot
marketing	hubspot marketing grader
resolver	hubspot-link-resolver
humanlinks	humanlinks
kconnect	i2kconnect
archiver	ia_archiver
tech	iab-tech-lab
iblog	iblog
ichiro	ichiro
search	id-search
ideelaborplagiaat	ideelaborplagiaat
resolver	idg twitter links resolver
idwhois	idwhois
iframely	iframely
igdespyder	igdespyder
igoogleportal	igoogleportal
iltrovatore	iltrovatore
image	image fetch
sucker	image sucker
imageengine	imageengine
imagevisu	imagevisu
imagga	imagga
imagineeasy	imagineeasy
dataset	img2dataset
imgproxy	imgproxy
imgsizer	imgsizer
inagist	inagist
inbound	inbound.li parser
inboxb	inboxb0t
library	indy library
ineturl	ineturl
infegy	infegy
infohelfer	infohelfer
infotekies	infotekies
infowizards	infowizards reciprocal link
infrawatch	infrawatch
inpwrd	inpwrd.com
inspect	inspect
instabid	instabid
integromedb	integromedb
intelliseek	intelliseek
interget	interget
internet	internet ninja
internet	internet_archive
internetmeasurement	internetmeasurement
internetseer	internetseer
internetvista	internetvista monitor
internetwache	internetwache
intravnews	intravnews
iodc	iodc
ioi	ioi
iplabel	iplabel
agent	ips-agent
component	ipworks http/s component
iqdb	iqdb
irokez	irokez
isitup	isitup.org
iskanie	iskanie
isup	isup.li
ithemes	ithemes sync
izabee	izabee
izsearch	izsearch
jahho	jahho
janforman	janforman
javelin	javelin.io
jbrofuzz	jbrofuzz
jersey	jersey
jetcar	jetcar
jigsaw	jigsaw
jobboerse	jobboerse
discovery	jobfeed discovery
monitor	jobg8 url monitor
jobo	jobo
jobrapido	jobrapido
jobsearch	jobsearch1.5
joinvision	joinvision generic
jolokiapwn	jolokiapwn
joomla	joomla
jorgee	jorgee
kit	js-kit
junglekeythumbnail	junglekeythumbnail
justview	justview
kaspersky	kaspersky lab cfr link resolver
kelny	kelny
kerrigan	kerrigan
keycdn	keycdn
keyword	keyword density
keywords	keywords research
khttp	khttp
kickfire	kickfire
kimonolabs	kimonolabs
google	kml-google
knows	knows.is
kocmohabt	kocmohabt
kouio	kouio
krawler	krawler.dk
krynos	krynos
probe	kube-probe
kubectl	kubectl
kulturarw	kulturarw3
kumkie	kumkie
webis	l.webis
tcpid	l9tcpid
laiondownloader	laiondownloader
larbin	larbin
leakix	leakix.net
leechftp	leechftp
leechget	leechget
letsencrypt	letsencrypt
lftp	lftp
libwhisker	libwhisker
liferea	liferea
lighthouse	lighthouse
lightpanda	lightpanda
lightspeedsystems	lightspeedsystems
likse	likse
limber	limber.io
valet	link valet
check	link-check
thumbnailer	link_thumbnailer
linkalarm	linkalarm
linkanalyser	linkanalyser
linkcheck	linkcheck
linkdex	linkdex
linkexaminer	linkexaminer
linkfeed	linkfeed.ru
linkfluence	linkfluence
linkpeek	linkpeek
linkpreview	linkpreview
linkscan	linkscan
linksmanager	linksmanager
linktiger	linktiger
linkwalker	linkwalker
lipperhey	lipperhey
litemage	litemage_walker
screenshot	livedoor screenshot
loadimpactrload	loadimpactrload
localsearch	localsearch-web
longurl	longurl api
longurl	longurl-r-package
looid	looid.com
looksystems	looksystems.net
lscache	lscache_runner
ltx	ltx71
resty	lua-resty-http
request	lwp-request
trivial	lwp-trivial
simple	lwp::simple
lycos	lycos
lyt	lyt.sr
mabontland	mabontland
mag	mag-net
magentanews	magentanews
magpierss	magpierss
mail	mail.ru
mail	mail::sts
mailchimp	mailchimp
mailpit	mailpit
majestic	majestic12
makecontact	makecontact
mandrill	mandrill
manus	manus-user
mappercmd	mappercmd
marketgoo	marketgoo
marketinggrader	marketinggrader
markmonitor	markmonitor
markwatch	markwatch
downloader	mass downloader
masscan	masscan
mata	mata hari
matchorysearch	matchorysearch
mediametric	mediametric
mediapartners	mediapartners-google
mediawords	mediawords
megaindex	megaindex.ru
meltwaternews	meltwaternews
melvil	melvil rawi
memgator	memgator
externalagent	meta-externalagent
externalfetcher	meta-externalfetcher
webindexer	meta-webindexer
metaspinner	metaspinner
metauri	metauri
sample	mfc_tear_sample
microsearch	microsearch
microsoft	microsoft data access
diagnostics	microsoft windows network diagnostics
microsoft	microsoft-webdav-miniredir
microsoft	microsoft.data.mashup
microsoftpreview	microsoftpreview
midown	midown tool
miixpc	miixpc
mindjet	mindjet
miniature	miniature.io
miniflux	miniflux
httpc	mio_httpc
httpclient	miro-httpclient
mister	mister pix
mistralai	mistralai-user
mixdata	mixdata dot com
content	mixed-content-scan
mixnode	mixnode
mnogosearch	mnogosearch
modatscanner	modatscanner
mogimogi	mogimogi
mollie	mollie
monit	monit
monitis	monitis
monitority	monitority
monspark	monspark
montastic	montastic
montools	montools
moreover	moreover
morfeus	morfeus fucking scanner
morning	morning paper
movabletype	movabletype
mowser	mowser
powered	mr.4x3 powered
mrcgiguy	mrcgiguy
services	ms web services client protocol
msfrontpage	msfrontpage
mshots	mshots
muckrack	muckrack
muhstik	muhstik-scan
mvaclient	mvaclient
mxtoolbox	mxtoolbox
myseosnapshot	myseosnapshot
najdi	najdi.si
intelligence	name intelligence
namefo	namefo.com
nameprotect	nameprotect
nationalarchives	nationalarchives
navroad	navroad
nbertaupete	nbertaupete95
nearsite	nearsite
nessus	nessus
vampire	net vampire
netants	netants
netcraft	netcraft
netlyzer	netlyzer
netmechanic	netmechanic
netnewswire	netnewswire
netpursual	netpursual
netresearch	netresearch
contentscan	netshelter contentscan
netsparker	netsparker
netsystemsresearch	netsystemsresearch
nettle	nettle
nettrack	nettrack
netzip	netzip
neustar	neustar wpm
neutrinoapi	neutrinoapi
newrelicpinger	newrelicpinger
newsgator	newsgator
newsme	newsme
newspaper	newspaper
nexgate	nexgate ruby client
middleware	next.js middleware
search	ng-search
nghttp	nghttp2
nibbler	nibbler
nicerspro	nicerspro
nihilscio	nihilscio
nineconnections	nineconnections
iaharvester	nlnz_iaharvester
scripting	nmap scripting engine
node	node
fetch	node-fetch
superagent	node-superagent
urllib	node-urllib
node	node.io
nodemeter	nodemeter
nodeping	nodeping
nominet	nominet.org.uk
nominet	nominet.uk
safeweb	norton-safeweb
notifixious	notifixious
notifyninja	notifyninja
notionembedder	notionembedder
nuhk	nuhk
nuzzel	nuzzel
nwormfeedfinder	nwormfeedfinder
nyawc	nyawc
nymesis	nymesis
nyu	nyu
ocelli	ocelli
odin	odin.com
oegp	oegp
explorer	offline explorer
navigator	offline navigator
ogscrper	ogscrper
okhttp	okhttp
omgili	omgili
omsc	omsc
online	online domain tools
source	open source rss
opencalaissemanticproxy	opencalaissemanticproxy
openfind	openfind
openlinkprofiler	openlinkprofiler
openstat	openstat
openvas	openvas
orgprobe	orgprobe
semantics	orion-semantics
owler	owler
owlin	owlin
owncloud	owncloud news
oxfordcloudservice	oxfordcloudservice
scorer	page scorer
valet	page valet
page	page2rss
verifier	page_verifier
pagefreezer	pagefreezer
pagegrabber	pagegrabber
pagepeeker	pagepeeker
pagescorer	pagescorer
pagething	pagething
panopta	panopta
panscient	panscient
panscient	panscient.com
parsijoo	parsijoo
pathscan	pathscan
pavuk	pavuk
paypal	paypal ipn
pcore	pcore-http
pdf	pdf24 url to pdf
pearltrees	pearltrees
pecl	pecl::http
peerindex	peerindex
peew	peew
perlu	perlu -
perplexity	perplexity-user
screenshoter	phantomjs screenshoter
requests	php-requests
phpservermon	phpservermon
monster	pi-monster
picscout	picscout
picsearch	picsearch
picturefinder	picturefinder
pimonster	pimonster
ping	ping.blo.gs
pingability	pingability
pingadmin	pingadmin.ru
pingoscope	pingoscope
pingspot	pingspot
pinterest	pinterest.com
pixray	pixray
pizilla	pizilla
plagger	plagger
playstore	playstore-google
pleroma	pleroma
plukkie	plukkie
plumanalytics	plumanalytics
pocketimagecache	pocketimagecache
pocketparser	pocketparser
pockey	pockey
component	poe-component-client-http
pompos	pompos
porkbun	porkbun
monitor	port monitor
postano	postano
resolver	postfix-mta-sts-resolver
postplanner	postplanner.com
postpost	postpost
postrank	postrank
powermarks	powermarks
prebid	prebid
prerender	prerender
priceonomics	priceonomics analysis engine
printfriendly	printfriendly
prittorrent	prittorrent
prlog	prlog
probely	probely.com
probethenet	probethenet
productfinder	productfinder
resonance	project-resonance
prospectb	prospectb2b
prospectingstudio	prospectingstudio
protopage	protopage
prowebwalker	prowebwalker
proximic	proximic
network	prtg network monitor
scanning	pshtt, https scanning
pulsetic	pulsetic.com
hurdler	qirina hurdler
qrafterpro	qrafterpro
qseero	qseero
qualidator	qualidator
metasearch	queryn metasearch
queuedriver	queuedriver
quic	quic-go-http
quiterss	quiterss
preview	quora link preview
qwantify	qwantify
radian	radian6
radiopublicimageresizer	radiopublicimageresizer
railgun	railgun
rankactive	rankactive
rankflex	rankflex
ranksonicsiteauditor	ranksonicsiteauditor
rapidload	rapidload
studio	re-re studio
reactornetty	reactornetty
rebelmouse	rebelmouse
recurpost	recurpost
redback	redback
reget	reget
repomonkey	repomonkey
request	request.js
reqwest	reqwest
responsecodetest	responsecodetest
retriever	retriever
rexx	rexx;
riddler	riddler
rigor	rigor
rival	rival iq
robosourcer	robosourcer
robozilla	robozilla
hunter	roi hunter
httpclient	rpt-httpclient
rss	rss
rssmix	rssmix
rssowl	rssowl
ryowlengine	ryowlengine
scanner	safe-agent-scanner
salesintelligent	salesintelligent
saleslift	saleslift
application	sap netweaver application server
saucenao	saucenao
sbider	sbider
downloader	sc-downloader
scalaj	scalaj-http
scamadviser	scamadviser-frontend
scan	scan.lol
scanalert	scanalert
scopecontentag	scopecontentag-http-client
scoutjet	scoutjet
scouturlmonitor	scouturlmonitor
scrape	scrape
scrapebox	scrapebox page scanner
scrapy	scrapy
screenshotservice	screenshotservice
scrubby	scrubby
scrutiny	scrutiny
thunderstone	search.thunderstone
search	search37
searchenginepromotionhelp	searchenginepromotionhelp
searchestate	searchestate
searchexpress	searchexpress
searchsight	searchsight
searchwp	searchwp
securityheaders	securityheaders
semanticdiscovery	semanticdiscovery
semanticjuice	semanticjuice
semiocast	semiocast http client
semrush	semrush
sendsay	sendsay.ru
sentry	sentry
browser	seo browser
servis	seo servis
nastroj	seo-nastroj.cz
ajax	seo4ajax
seobility	seobility
seocentro	seocentro
seocheck	seocheck
seocompany	seocompany
seogets	seogets
seokicks	seokicks
seolik	seolik.ru
seolizer	seolizer
seomoz	seomoz
seoprofiler	seoprofiler
seoscanners	seoscanners
seosearch	seosearch
seositecheckup	seositecheckup
seostats	seostats
servernfo	servernfo
sexsearcher	sexsearcher
seznam	seznam
shodan	shodan
shoppimon	shoppimon
shopwiki	shopwiki
shortlinktranslate	shortlinktranslate
lengthener	shorturl lengthener
shrinktheweb	shrinktheweb
sideqik	sideqik
silktide	silktide
simplepie	simplepie
simplyfast	simplyfast
sindup	sindup
sistrix	sistrix
sucker	site sucker
site	site-shot
site	site24x7
sitebar	sitebar
sitebeam	sitebeam
sitebulb	sitebulb
sitecondor	sitecondor
siteexplorer	siteexplorer
siteguardian	siteguardian
siteindexed	siteindexed
sitemapgenerator	sitemapgenerator
sitemonitor	sitemonitor
siteshooter	siteshooter b0t
sitesnagger	sitesnagger
sitesucker	sitesucker
sitetruth	sitetruth
sitevigil	sitevigil
sitexy	sitexy.com
skypeuripreview	skypeuripreview
systems	sli-systems.com
slider	slider.com
slysearch	slysearch
smartdownload	smartdownload
expander	smrf url expander
smurlexpander	smurlexpander
snapsearch	snapsearch
snarfer	snarfer
sniffrss	sniffrss
sniptracker	sniptracker
snoopy	snoopy
snowhaze	snowhaze search
sogou	sogou
sogou	sogou web
sortsite	sortsite
sottopop	sottopop
sovereign	sovereign.ai
spamexperts	spamexperts
spammen	spammen
sparkler	sparkler
spawning	spawning-ai
spaziodati	spaziodati
spdycheck	spdycheck
specificfeeds	specificfeeds
speedcurve	speedcurve
speedkit	speedkit
speng	speng
spinn	spinn3r
splash	splash
spray	spray-can
sprinklr	sprinklr
spyonweb	spyonweb
sqlworm	sqlworm
sqworm	sqworm
labs	ssl labs
tools	ssl-tools
stackrambler	stackrambler
statastico	statastico
statically	statically-
statuscake	statuscake
stratagems	stratagems kumo
stroke	stroke.cz
studiofaca	studiofaca
suchen	suchen
sucuri	sucuri
summify	summify
supercleaner	supercleaner
superhttp	superhttp
surphace	surphace scout
suzuran	suzuran
swisscows	swisscows favicons
browserkit	symfony browserkit
browserkit	symfony2 browserkit
syndirella	syndirella
synhttpclient	synhttpclient-built
synthetic	synthetic
sysomos	sysomos
sysscan	sysscan
szukacz	szukacz
phackteam	t0phackteam
taringa	taringa ugc
tarmotgezgin	tarmotgezgin
tchelebi	tchelebi.io
techiaith	techiaith.cymru
telesoft	telesoft
telesphoreo	telesphoreo
telesphorep	telesphorep
tenon	tenon.io
teoma	teoma
terracotta	terracotta
terrainformatica	terrainformatica
certificate	test certificate info
testlocally	testlocally
testuri	testuri
tetrahedron	tetrahedron
downloader	textrazor downloader
reaper	the drop reaper
expert	the expert html source viewer
intraformant	the intraformant
knowledge	the knowledge ai
theinternetrules	theinternetrules
thenomad	thenomad
thinklab	thinklab
thumbshots	thumbshots
thumbsniper	thumbsniper
timewe	timewe.net
tineye	tineye
tiny	tiny tiny rss
tlsprobe	tlsprobe
toata	toata
topster	topster
touche	touche.com
traackr	traackr.com
tracemyfile	tracemyfile
trackuity	trackuity
transcoder	transcoder
trapitagent	trapitagent
trendiction	trendiction
trendsmap	trendsmap
trendspottr	trendspottr
truwogps	truwogps
tryjsoup	tryjsoup
tulipchain	tulipchain
turingos	turingos
turnitin	turnitin
tweetedtimes	tweetedtimes
tweetminster	tweetminster
tweezler	tweezler
twikle	twikle
twingly	twingly
pagegetter	twisted pagegetter
typhoeus	typhoeus
technologies	ubermetrics-technologies
uclassify	uclassify
udmsearch	udmsearch
ultimate	ultimate_sitemap_parser
unchaos	unchaos
undici	undici
unirest	unirest-java
universalfeedparser	universalfeedparser
unshorten	unshorten.it
unshortenit	unshortenit
untiny	untiny
unwindfetchor	unwindfetchor
updown	updown.io daemon
upflow	upflow
uptimia	uptimia
verifier	url verifier
emacs	url/emacs
urlcheckr	urlcheckr
urlitor	urlitor
urlresolver	urlresolver
urlstat	urlstat
urltester	urltester
urltrends	urltrends ranking updater
warning	urly warning
warning	urly.warning
vagabondo	vagabondo
validator	validator
project	vb project
vbseo	vbseo
googleimageproxy	via ggpht.com googleimageproxy
virtuoso	virtuoso
virusdie	virusdie
visionutils	visionutils
visual	visual rights group
vkshare	vkshare
voideye	voideye
voil	voil
voltron	voltron
vsagent	vsagent
vsb	vsb-tuo
vulnbusters	vulnbusters meter
vyu	vyu2
org	w3af.org
checklink	w3c-checklink
mobileok	w3c-mobileok
unicorn	w3c_unicorn
wac	wac-ofu
wakeletlinkexpander	wakeletlinkexpander
wangling	wangling
wappalyzer	wappalyzer
watchmouse	watchmouse
watchtowr	watchtowr
wbsrch	wbsrch
wdt	wdt.io
auto	web auto
collage	web collage
downloader	web downloader
enhancer	web enhancer
fetch	web fetch
fuck	web fuck
web	web pix
sauger	web sauger
spyder	web spyder
sucker	web sucker
capture	web-capture.net
sniffer	web-sniffer
webalta	webalta
webauskunft	webauskunft
webauto	webauto
webcapture	webcapture
webclient	webclient
webcollage	webcollage
webcookies	webcookies
webcopier	webcopier
webcorp	webcorp
webdatastats	webdatastats
webdoc	webdoc
webenhancer	webenhancer
webfetch	webfetch
webfuck	webfuck
webgazer	webgazer
webglance	webglance
webgo	webgo is
webimagecollector	webimagecollector
webimages	webimages
webindex	webindex
webkit	webkit2png
webleacher	webleacher
webmastercoffee	webmastercoffee
webmon	webmon
webpix	webpix
webreaper	webreaper
websauger	websauger
webscreenie	webscreenie
webshag	webshag
webshot	webshot
website	website quester
websitepulse	websitepulse agent
websitequester	websitequester
websnapr	websnapr
websniffer	websniffer
webstripper	webstripper
websucker	websucker
webtech	webtech
webthumb	webthumb
webthumbnail	webthumbnail
webwhacker	webwhacker
extended	webzio-extended
webzip	webzip
welikelinks	welikelinks
wepa	wepa
wesee	wesee
wfuzz	wfuzz
whatcms	whatcms
whatsapp	whatsapp
whatsmyip	whatsmyip
whatweb	whatweb
whibse	whibse
whoapi	whoapi
whorunscoinhive	whorunscoinhive
whynder	whynder magnet
platform	windows-rss-platform
autoproxy	winhttp-autoproxy-service
winpodder	winpodder
wkhtmlto	wkhtmlto
wmtips	wmtips
woko	woko
httpclient	wolfram httpclient
woorankreview	woorankreview
wordpress	wordpress
wordupinfosearch	wordupinfosearch
worldping	worldping-api
wotbox	wotbox
performance	wp engine install performance api
rocket	wp rocket
wpif	wpif
wprecon	wprecon.com survey
wpscan	wpscan
wscheck	wscheck
wtrace	wtrace
collector	www-collector-e
mechanize	www-mechanize
monitor	www.monitor.us
document	www::document
mechanize	www::mechanize
wwwoffle	wwwoffle
mozilla	x09mozilla
mozilla	x22mozilla
xaxissemanticsclassifier	xaxissemanticsclassifier
xenforo	xenforo
sleuth	xenu link sleuth
contenttabreceiver	xing-contenttabreceiver
xtate	xtate
yaanb	yaanb
yacy	yacy
preview	yahoo link preview
yahoocachesystem	yahoocachesystem
yahoomailproxy	yahoomailproxy
yahooysmcm	yahooysmcm
yak	yak
yandeg	yandeg
yandexadditional	yandexadditional
yandexblogs	yandexblogs
yandexcalendar	yandexcalendar
yandexdirect	yandexdirect
yandexfavicons	yandexfavicons
yandeximages	yandeximages
yandexmarket	yandexmarket
yandexmedia	yandexmedia
yandexmetrika	yandexmetrika
yandexvideo	yandexvideo
yandexwebmaster	yandexwebmaster
yanga	yanga
yeti	yeti
ylt	ylt
consumer	yoleo consumer
yomins	yomins.com
yooglifetchagent	yooglifetchagent
yottaamonitor	yottaamonitor
website	your-website-sucks
yourls	yourls.org
yoys	yoys.net
zabbix	zabbix
zade	zade
zapier	zapier
zauba	zauba
aggregator	zemanta aggregator
client	zend_http_client
zermelo	zermelo
znajdzfoto	znajdzfoto
znhttp	znhttp
zombie	zombie.js
zoom	zoom.mac
zoterotranslationserver	zoterotranslationserver
zyborg	zyborg
"""

REFERRERS = r"""
ai	ChatGPT	*.chatgpt.com chat.openai.com com.openai.chatgpt
ai	Perplexity	*.perplexity.ai ai.perplexity.app.android
ai	Claude	*.claude.ai com.anthropic.claude
ai	Gemini	gemini.google.com bard.google.com com.google.android.apps.bard
ai	NotebookLM	notebooklm.google.com
ai	Google AI Studio	aistudio.google.com
ai	Copilot	copilot.microsoft.com copilot.cloud.microsoft m365.cloud.microsoft edgeservices.bing.com com.microsoft.copilot
ai	You	you.com
ai	DeepSeek	*.deepseek.com com.deepseek.chat
ai	Grok	*.grok.com grok.x.ai ai.x.grok
ai	Meta AI	*.meta.ai com.facebook.stella
ai	Mistral	chat.mistral.ai ai.mistral.chat
ai	Poe	poe.com com.poe.android
ai	Phind	phind.com
ai	Pi	pi.ai heypi.com
ai	Kimi	*.kimi.com *.kimi.ai kimi.moonshot.cn
ai	Doubao	*.doubao.com
ai	Qwen	*.qwen.ai *.qwenlm.ai tongyi.com tongyi.aliyun.com qianwen.com qianwen.aliyun.com
ai	Yuanbao	yuanbao.tencent.com
ai	Ernie	yiyan.baidu.com ernie.baidu.com chat.baidu.com
ai	ChatGLM	*.chatglm.cn *.z.ai
ai	MiniMax	*.hailuoai.com agent.minimax.io chat.minimax.io
ai	Character.AI	*.character.ai
ai	Duck.ai	duck.ai
ai	Lumo	lumo.proton.me
ai	Andi	andisearch.com
ai	iAsk	iask.ai
ai	Felo	felo.ai
ai	Genspark	genspark.ai
ai	Komo	komo.ai
ai	Manus	manus.im
ai	Consensus	consensus.app
ai	Elicit	elicit.com elicit.org
ai	Scite	scite.ai
ai	Liner	getliner.com liner.com
ai	Monica	monica.im
ai	Merlin	getmerlin.in
ai	Sider	sider.ai
ai	Blackbox	blackbox.ai
ai	OpenRouter	openrouter.ai
ai	LMArena	lmarena.ai
ai	Le Chat	lechat.mistral.ai
ai	GigaChat	giga.chat gigachat.ru
ai	Alice	alice.yandex.ru
search	HotBot	hotbot.com search.hotbot.com
search	Exalead	exalead.com exalead.fr
search	Gigablast	gigablast.com
search	Kvasir	kvasir.no
search	Startsiden	startsiden.no
search	Eniro	eniro.se eniro.no
search	Blekko	blekko.com
search	Cuil	cuil.com
search	MetaCrawler	metacrawler.com
search	Alltheweb	alltheweb.com
search	LookSmart	looksmart.com
search	Clusty	clusty.com
search	Bluewin	search.bluewin.ch
search	BT	search.bt.com
search	Docomo	search.smt.docomo.ne.jp
search	au	search.auone.jp sp-web.search.auone.jp
search	UkrNet	search.ukr.net ukr.net
search	i.ua	search.i.ua
search	Netscape	search.netscape.com
search	Google	google.@ images.google.@ blogsearch.google.@ video.google.com lens.google.com search.google.com encrypted.google.com ipv4.google.com ipv6.google.com cse.google.com com.google.android.googlequicksearchbox com.google.android.apps.searchlite
search	Google News	news.google.@
search	Google Scholar	scholar.google.@
search	Bing	bing.com *.search.bing.com cn.bing.com global.bing.com ssl.bing.com com.microsoft.bing
search	MSN	msn.com ntp.msn.com search.msn.com *.search.msn.com search.live.com
search	Yahoo	yahoo.com r.search.yahoo.com yahoo.co.jp *.search.yahoo.com *.search.yahoo.co.jp search.yahoo.@ search.yahoo.net
search	DuckDuckGo	*.duckduckgo.com com.duckduckgo.mobile.android ddg.gg
search	Baidu	baidu.com image.baidu.com wap.baidu.com news.baidu.com zhidao.baidu.com tieba.baidu.com www1.baidu.com
search	Yandex	yandex.com yandex.ru yandex.ua yandex.by yandex.kz yandex.uz yandex.com.tr yandex.net yandex.eu yandex.fr ya.ru images.yandex.ru images.yandex.com images.yandex.ua news.yandex.ru ru.yandex.searchplugin
search	Ecosia	*.ecosia.org com.ecosia.android
search	Startpage	*.startpage.com *.ixquick.com *.ixquick.de
search	Qwant	*.qwant.com com.qwant.liberty
search	Naver	*.search.naver.com naver.com com.nhn.android.search
search	Daum	*.search.daum.net daum.net
search	Seznam	search.seznam.cz seznam.cz obrazky.cz cz.seznam.sbrowser
search	Sogou	*.sogou.com
search	360	so.com *.so.com 360.cn so.360.cn
search	Shenma	sm.cn *.sm.cn
search	Toutiao	so.toutiao.com
search	Brave	search.brave.com com.brave.browser
search	Kagi	kagi.com
search	Mojeek	mojeek.com mojeek.co.uk
search	Swisscows	swisscows.com swisscows.ch
search	MetaGer	metager.de metager.org metager.es
search	Presearch	presearch.com presearch.org
search	Searx	searx.be searx.me searx.space
search	Ask	ask.com *.search.ask.com ask.fr *.ask.com search.ask.@
search	AOL	aol.com aol.co.uk aol.de aol.fr *.search.aol.com search.aol.@ recherche.aol.fr suche.aol.de aolsearch.com
search	Lycos	search.lycos.com lycos.com lycos.de lycos.fr lycos.co.uk
search	Excite	search.excite.@ excite.com excite.co.jp excite.it
search	Dogpile	dogpile.com
search	WebCrawler	webcrawler.com
search	InfoSpace	infospace.com search.infospace.com
search	AltaVista	*.altavista.com altavista.de altavista.fr
search	Gibiru	gibiru.com
search	Yippy	yippy.com search.yippy.com
search	Rambler	rambler.ru nova.rambler.ru search.rambler.ru r0.ru
search	Mail.ru	go.mail.ru
search	Sputnik	sputnik.ru
search	Sapo	pesquisa.sapo.pt
search	Virgilio	ricerca.virgilio.it
search	Libero	arianna.libero.it ricerca.libero.it
search	Onet	onet.pl szukaj.onet.pl
search	WP.pl	szukaj.wp.pl
search	Interia	google.interia.pl
search	Web.de	suche.web.de
search	GMX	suche.gmx.net suche.gmx.at suche.gmx.ch search.gmx.com search.gmx.co.uk recherche.gmx.fr
search	T-Online	suche.t-online.de brisbane.t-online.de
search	Freenet	suche.freenet.de
search	1und1	search.1und1.de suche.1und1.de
search	Orange	lemoteur.orange.fr lemoteur.fr rws.search.ke.voila.fr search.ke.voila.fr
search	Free	search.free.fr recherche.free.fr
search	SFR	recherche.sfr.fr
search	Lilo	search.lilo.org
search	Terra	buscador.terra.es busca.terra.com.br buscador.terra.com
search	UOL	busca.uol.com.br buscador.uol.com.br
search	Comcast	search.comcast.net
search	Earthlink	search.earthlink.net
search	Goo	search.goo.ne.jp ocnsearch.goo.ne.jp
search	Rakuten	websearch.rakuten.co.jp
search	Nifty	search.nifty.com
search	BIGLOBE	biglobe.ne.jp cgi.search.biglobe.ne.jp
search	Walla	search.walla.co.il
search	Najdi	najdi.si
search	Zapmeta	zapmeta.com zapmeta.ws zapmeta.nl zapmeta.de
search	Wow	wow.com us.wow.com
search	Avira	search.avira.com search.avira.net
search	Avast	search.avast.com
search	AVG	isearch.avg.com search.avg.com mysearch.avg.com
search	Conduit	search.conduit.com
search	Babylon	search.babylon.com
search	My Web Search	search.mywebsearch.com
search	MyWay	int.search.myway.com search.myway.com
search	Coccoc	coccoc.com
search	Petal	petalsearch.com
search	You	search.you.com
search	Wikiwand	search.wikiwand.com
search	Ekoru	ekoru.org
search	OceanHero	oceanhero.today
search	Karma	karmasearch.org
search	Private	private.sh
search	Tiscali	search.tiscali.it search.tiscali.co.uk
search	Voila	voila.fr
search	Centrum	search.centrum.cz search.centrum.sk centrum.cz
search	Zoznam	zoznam.sk
search	Atlas	searchatlas.centrum.cz
search	Nate	search.nate.com
search	ZUM	search.zum.com
search	Yam	search.yam.com
search	Youdao	youdao.com
search	Soso	soso.com *.soso.com
social	Google+	plus.google.com plus.url.google.com url.google.com
social	Blogspot	*.blogspot.com
social	Classmates	*.classmates.com
social	MyHeritage	*.myheritage.com
social	Xanga	*.xanga.com
social	Cyworld	*.cyworld.com
social	Gaia	gaiaonline.com
social	BlackPlanet	*.blackplanet.com
social	Fotolog	*.fotolog.com
social	Habbo	*.habbo.com
social	Sonico	*.sonico.com
social	Plaxo	*.plaxo.com
social	Geni	*.geni.com
social	Multiply	*.multiply.com
social	identi.ca	identi.ca
social	Buzznet	*.buzznet.com
social	WAYN	*.wayn.com
social	Flixster	*.flixster.com
social	Draugiem	*.draugiem.lv
social	pixiv	*.pixiv.net
social	Nicovideo	*.nicovideo.jp
social	FC2	*.fc2.com
social	Tripadvisor	tripadvisor.@ *.tripadvisor.com
social	TypePad	*.typepad.com
social	Hootsuite	*.hootsuite.com ow.ly
social	Buffer	buffer.com buff.ly
social	Yammer	*.yammer.com
social	Ning	*.ning.com
social	Photobucket	*.photobucket.com
social	MyAnimeList	myanimelist.net
social	Ravelry	*.ravelry.com
social	Couchsurfing	couchsurfing.com couchsurfing.org
social	Glassdoor	glassdoor.@ *.glassdoor.com
social	Houzz	houzz.@ *.houzz.com
social	Instapaper	*.instapaper.com
social	Menéame	meneame.net
social	Habr	habr.com
social	Zen	dzen.ru zen.yandex.ru
social	Peertube	joinpeertube.org
social	Pixelfed	pixelfed.social
social	Lemmy	lemmy.world lemmy.ml
social	Nostr	primal.net
social	Crunchyroll	crunchyroll.com
social	Friends-Reunited	friendsreunited.com friendsreunited.co.uk
social	Whirlpool	forums.whirlpool.net.au
social	5ch	5ch.net
social	Facebook	*.facebook.com *.fb.com fb.me *.fb.me facebook.de fbcdn.net *.messenger.com m.me com.facebook.katana com.facebook.lite com.facebook.orca
social	Instagram	*.instagram.com instagr.am ig.me com.instagram.android
social	Threads	*.threads.net *.threads.com
social	X	x.com mobile.x.com *.twitter.com t.co com.twitter.android
social	LinkedIn	*.linkedin.com lnkd.in com.linkedin.android
social	Reddit	*.reddit.com redd.it com.reddit.frontpage
social	Pinterest	pinterest.@ *.pinterest.com pin.it com.pinterest
social	YouTube	*.youtube.com youtu.be com.google.android.youtube
social	TikTok	*.tiktok.com com.zhiliaoapp.musically com.ss.android.ugc.trill
social	Douyin	*.douyin.com
social	Snapchat	*.snapchat.com com.snapchat.android
social	WhatsApp	*.whatsapp.com wa.me com.whatsapp com.whatsapp.w4b
social	Telegram	*.telegram.org t.me *.t.me telegram.me org.telegram.messenger org.telegram.messenger.web
social	Signal	signal.me
social	Discord	*.discord.com discord.gg discordapp.com *.discordapp.com com.discord
social	Slack	app.slack.com com.slack
social	Teams	teams.microsoft.com statics.teams.cdn.office.net
social	Bluesky	*.bsky.app go.bsky.app xyz.blueskyweb.app
social	Mastodon	mastodon.social mastodon.online mstdn.social mstdn.jp mas.to fosstodon.org hachyderm.io infosec.exchange techhub.social mastodon.cloud joinmastodon.org org.joinmastodon.android
social	Tumblr	*.tumblr.com t.umblr.com
social	VK	*.vk.com vk.ru *.vk.ru vkontakte.ru away.vk.com com.vkontakte.android
social	Odnoklassniki	*.ok.ru *.odnoklassniki.ru ru.ok.android
social	My World	my.mail.ru
social	LiveJournal	*.livejournal.com *.livejournal.ru
social	Weibo	*.weibo.com *.weibo.cn t.cn
social	WeChat	*.weixin.qq.com weixin.qq.com mp.weixin.qq.com com.tencent.mm
social	QQ	qzone.qq.com *.qzone.qq.com im.qq.com
social	Xiaohongshu	*.xiaohongshu.com xhslink.com
social	Zhihu	*.zhihu.com
social	Douban	*.douban.com
social	Renren	*.renren.com
social	Bilibili	*.bilibili.com b23.tv
social	Line	*.line.me lin.ee jp.naver.line.android
social	KakaoTalk	*.kakao.com com.kakao.talk
social	KakaoStory	story.kakao.com
social	Naver Blog	blog.naver.com m.blog.naver.com
social	Naver Cafe	cafe.naver.com m.cafe.naver.com
social	Hatena	b.hatena.ne.jp *.hatena.ne.jp
social	Mixi	*.mixi.jp mixi.jp
social	Ameba	ameblo.jp *.ameba.jp
social	Quora	*.quora.com com.quora.android
social	Hacker News	news.ycombinator.com hckrnews.com
social	Lobsters	lobste.rs
social	Slashdot	*.slashdot.org
social	Product Hunt	*.producthunt.com
social	Stack Overflow	*.stackoverflow.com *.stackexchange.com
social	GitHub	github.com gist.github.com
social	Medium	*.medium.com
social	Substack	*.substack.com
social	Flipboard	*.flipboard.com flip.it flipboard.app
social	Pocket	getpocket.com
social	Digg	*.digg.com
social	StumbleUpon	*.stumbleupon.com
social	Delicious	delicious.com del.icio.us
social	Diigo	diigo.com
social	Mix	mix.com
social	Flickr	*.flickr.com flic.kr
social	500px	500px.com
social	DeviantArt	*.deviantart.com
social	Behance	*.behance.net
social	Dribbble	dribbble.com
social	Vimeo	*.vimeo.com
social	Dailymotion	*.dailymotion.com
social	Twitch	*.twitch.tv
social	Rumble	rumble.com
social	SoundCloud	*.soundcloud.com
social	Spotify	open.spotify.com
social	Last.fm	*.last.fm lastfm.de lastfm.fr
social	Goodreads	*.goodreads.com
social	Foursquare	*.foursquare.com
social	Swarm	swarmapp.com
social	Yelp	yelp.@ *.yelp.com
social	Meetup	*.meetup.com
social	Nextdoor	nextdoor.com nextdoor.co.uk nextdoor.de
social	Xing	*.xing.com
social	Viadeo	*.viadeo.com
social	MeWe	mewe.com
social	Gab	gab.com
social	Parler	parler.com
social	Truth Social	truthsocial.com
social	Gettr	gettr.com
social	Minds	minds.com
social	Ello	ello.co
social	Diaspora	joindiaspora.com
social	Myspace	*.myspace.com
social	Badoo	*.badoo.com
social	Tagged	*.tagged.com
social	Hi5	*.hi5.com
social	Orkut	*.orkut.com
social	Friendster	*.friendster.com
social	Bebo	*.bebo.com
social	Netlog	*.netlog.com
social	Taringa	*.taringa.net
social	Skyrock	*.skyrock.com
social	Skype	web.skype.com
social	Viber	viber.com *.viber.com
social	Zalo	*.zalo.me
social	Wattpad	*.wattpad.com
social	Disqus	*.disqus.com
social	Linktree	linktr.ee
social	Patreon	*.patreon.com
social	Gravatar	gravatar.com *.gravatar.com
social	Scoop.it	scoop.it
social	SlideShare	*.slideshare.net
social	Blogger	*.blogger.com
social	WordPress	wordpress.com
social	ResearchGate	*.researchgate.net
social	Academia	*.academia.edu
social	Strava	*.strava.com
social	Letterboxd	letterboxd.com
social	Imgur	*.imgur.com
social	9GAG	9gag.com
social	Likee	*.likee.video
social	Kuaishou	*.kuaishou.com
social	ShareChat	*.sharechat.com
social	Wykop	*.wykop.pl
social	Nasza-klasa	nk.pl
social	Hyves	*.hyves.nl
social	Tuenti	*.tuenti.com
social	studiVZ	studivz.net meinvz.net
social	Gutefrage	gutefrage.net
social	Pikabu	*.pikabu.ru
social	Plurk	*.plurk.com
social	PTT	*.ptt.cc
social	Dcard	*.dcard.tw
social	Livedoor	blog.livedoor.jp
social	Mobage	mbga.jp
social	Gree	gree.jp
email	Inbox	inbox.com
email	Sibmail	sibmail.com
email	Mastermail	mastermail.ru
email	Gmail	mail.google.com inbox.google.com com.google.android.gm
email	Outlook	*.mail.live.com *.outlook.com outlook.live.com outlook.office.com outlook.office365.com hotmail.com *.hotmail.com hotmail.msn.com outlook.cloud.microsoft com.microsoft.office.outlook
email	Yahoo Mail	mail.yahoo.@ *.mail.yahoo.com mail.yahoo.net *.mail.yahoo.net com.yahoo.mobile.client.android.mail
email	AOL Mail	mail.aol.com *.mail.aol.com
email	Proton Mail	mail.proton.me mail.protonmail.com ch.protonmail.android
email	iCloud Mail	icloud.com
email	GMX	*.gmx.net *.gmx.com *.gmx.de *.gmx.at *.gmx.ch *.gmx.fr *.gmx.co.uk
email	Web.de	navigator.web.de navigator-bs.web.de navigator-lxa.web.de 3c.web.de 3c-bs.web.de deref-web.de deref-web-02.de freemail.web.de
email	T-Online	email.t-online.de
email	Freenet	webmail.freenet.de office.freenet.de
email	Orange	webmail.orange.fr mail01.orange.fr mail02.orange.fr messagerie.orange.fr
email	Free	zimbra.free.fr imp.free.fr webmail.free.fr
email	La Poste	webmail.laposte.net
email	SFR	webmail.sfr.fr messagerie.sfr.fr
email	Libero	mail.libero.it posta.libero.it mail1.libero.it
email	Virgilio	mail.virgilio.it
email	Naver	mail.naver.com
email	Daum	mail.daum.net
email	Nate	mail.nate.com
email	QQ Mail	mail.qq.com exmail.qq.com
email	163 Mail	mail.163.com mail.126.com mail.yeah.net
email	Sina Mail	mail.sina.com.cn mail.sina.cn
email	Sohu Mail	mail.sohu.com
email	139 Mail	mail.10086.cn
email	Mail.ru	e.mail.ru touch.mail.ru light.mail.ru tel.mail.ru ru.mail.mailapp
email	Yandex Mail	mail.yandex.ru mail.yandex.com mail.yandex.ua mail.yandex.kz mail.yandex.by mail.yandex.net ru.yandex.mail
email	Rambler	mail.rambler.ru
email	Ukr.net	mail.ukr.net e.ukr.net
email	Seznam Mail	email.seznam.cz email.cz
email	WP Poczta	poczta.wp.pl poczta.o2.pl
email	Onet Poczta	poczta.onet.pl poczta.onet.eu
email	Interia Poczta	poczta.interia.pl
email	Zoho	mail.zoho.com mail.zoho.eu mail.zoho.in
email	Fastmail	app.fastmail.com fastmail.com
email	Tutanota	mail.tutanota.com app.tuta.com mail.tuta.com
email	Hey	app.hey.com
email	Mailbox	office.mailbox.org
email	Posteo	posteo.de
email	Mail.com	navigator-lxa.mail.com navigator.mail.com mail.com
email	Comcast	web.mail.comcast.net connect.xfinity.com
email	Verizon	netmail.verizon.net mail.verizon.com
email	AT&T	mail.att.net
email	Cox	webmail.cox.net myemail.cox.net
email	EarthLink	webmail.earthlink.net
email	BTinternet	email.bt.com
email	Virgin	mail2.virginmedia.com
email	Bigpond	webmail.bigpond.com email.telstra.com
email	Optusnet	webmail.optusnet.com.au
email	iiNet	webmail.iinet.net.au mail.iinet.net.au
email	Beeline	post.ru
email	Bluewin	email.bluewin.ch
email	Telenet	webmail.telenet.be
email	Proximus	webmail.proximus.be
email	Ziggo	webmail.ziggo.nl
email	KPN	webmail.kpnmail.nl
email	UOL	email.uol.com.br webmail.uol.com.br
email	BOL	bmail.uol.com.br
email	Terra	mail.terra.com.br mail.terra.com
email	Rediffmail	mail.rediff.com
email	Superhuman	mail.superhuman.com
email	Mailchimp	*.list-manage.com *.campaign-archive.com mailchi.mp
email	Substack	email.substack.com
"""

REFERRER_LABELS = r"""
email	mail webmail email mail1 mail2 mail3 webmail1 webmail2 webmail3
"""

CLICK_IDS = r"""
gclid
gbraid
wbraid
dclid
msclkid
fbclid
ttclid
twclid
li_fat_id
yclid
ysclid
ymclid
epik
rdt_cid
sccid
igshid
igsh
qclid
irclickid
irclid
_kx
tblci
dicbo
cjevent
awc
sznclid
vmcid
"""


def rows(table: str) -> list[list[str]]:
    """The rows of a table, with their cells."""
    return [line.split("\t") for line in table.split("\n")[1:-1]]
