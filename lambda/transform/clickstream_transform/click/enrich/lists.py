"""What the judgement of user agents, referrers and campaigns rests on. Made by ``make enrichment``; edit the
lists in ``tools/enrichment`` instead.

Names of robots from isbot 5.2.3 (Unlicense); crawlerdetect 0.4.2 (MIT); ai-crawler-index 1.3.0 (MIT).
Their licences are in ``tools/enrichment/licences``, and among the licences in the wheel. All else is the project's own.
"""

BROWSERS = (
    ('Facebook', 'fban fbav fbios orca', '', '', '', '\\b(?:fbav|orca-android)/(\\d+)|\\bfb(?:an|ios)\\b'),
    ('Instagram', 'instagram', '', '', '', '\\binstagram (\\d+)'),
    ('Line', 'line', '', '', '', '\\bline/(\\d+)[.\\d]*(?:/iab)?'),
    ('KakaoTalk', 'kakaotalk', '', '', '', '\\bkakaotalk[/ ](\\d+)'),
    ('NAVER', 'naver', '', '', '', '\\bnaver\\(inapp; \\w+; \\d+; (\\d+)'),
    ('WeChat', 'micromessenger', '', '', '', '\\bmicromessenger/(\\d+)'),
    ('TikTok', 'bytedancewebview bytelocale musical trill tiktok', '', '', '', '\\b(?:musical_ly|trill)_(\\d+)|\\btiktok[/ ](\\d+)|\\bbyte(?:dancewebview|locale)/'),
    ('Snapchat', 'snapchat', '', '', '', '\\bsnapchat/(\\d+)'),
    ('Pinterest', 'pinterest', '', '', '', '\\bpinterest/(?!\\d)|\\bpinterest(?: for (?:android|ios))?/(\\d+)'),
    ('X', 'twitter twitterandroid', '', '', '', '\\btwitter for i(?:phone|pad)(?:/(\\d+))?|\\btwitterandroid\\b'),
    ('LinkedIn', 'linkedinapp', '', '', '', '\\blinkedinapp\\b(?:\\]?/(\\d+))?'),
    ('Google App', 'gsa', '', '', '', '\\bgsa/(\\d+)'),
    ('Edge', 'edg edge edga edgios', '', '', '', '\\bedg(?:e|a|ios)?/(\\d+)'),
    ('UC Browser', 'uc ucbrowser ucmobile ubrowser ucweb', '', '', '', '\\b(?:uc ?browser|ucmobile|ubrowser|ucweb)/?(\\d+)'),
    ('Opera', 'opr opios opt opx oprgx', '', '', '', '\\b(?:opr|oprgx|opios|opt|opx)/(?:att/)?(\\d+)'),
    ('Opera', 'opera', '', 'mini', '', '\\bopera mini/(?:att/)?(\\d+)'),
    ('Opera', 'opera', '', 'version', '', '\\bversion/(\\d+)'),
    ('Opera', 'opera', '', '', '', '\\bopera[/ ](\\d+)'),
    ('Samsung Internet', 'samsungbrowser', '', '', '', '\\bsamsungbrowser/(\\d+)'),
    ('Huawei Browser', 'huaweibrowser arkweb', '', '', '', '\\b(?:huaweibrowser|arkweb)/(\\d+)'),
    ('MIUI Browser', 'miuibrowser', '', '', '', '\\bmiuibrowser/(\\d+)'),
    ('Vivo Browser', 'vivobrowser', '', '', '', '\\bvivobrowser/(\\d+)'),
    ('HeyTap Browser', 'heytapbrowser oppobrowser', '', '', '', '\\b(?:heytapbrowser|oppobrowser)/(\\d+)'),
    ('QQ Browser', 'mqqbrowser qqbrowser', '', '', '', '\\bm?qqbrowser/(?:mini)?(\\d+)'),
    ('Baidu', 'baiduboxapp bidubrowser baidubrowser', '', '', '', '\\b(?:baiduboxapp|bidubrowser|baidubrowser)/(\\d+)'),
    ('Sogou Explorer', 'metasr sogoumobilebrowser', '', '', '', '\\bmetasr (\\d+)|\\bsogoumobilebrowser/(\\d+)'),
    ('Yandex Browser', 'yabrowser yasearchbrowser yaapp', '', '', '', '\\b(?:yabrowser|yasearchbrowser|yaapp_android)/(\\d+)'),
    ('Whale', 'whale', '', '', '', '\\bwhale/(\\d+)'),
    ('Coc Coc', 'coc', '', '', '', '\\bcoc_coc_browser/(\\d+)'),
    ('Vivaldi', 'vivaldi', '', '', '', '\\bvivaldi/(\\d+)'),
    ('Brave', 'brave', '', '', '', '\\bbrave(?: chrome)?/(\\d+)'),
    ('Amazon Silk', 'silk', '', '', '', '\\bsilk/(\\d+)'),
    ('DuckDuckGo', 'duckduckgo ddg', '', '', '', '\\b(?:duckduckgo|ddg)/(\\d+)'),
    ('Ecosia', 'ecosia', '', '', '', '\\becosia (?:android|ios)@(\\d+)'),
    ('Maxthon', 'maxthon mxbrowser mxios', '', '', '', '\\b(?:maxthon|mxbrowser|mxios)[/ ]?(\\d+)?'),
    ('Puffin', 'puffin', '', '', '', '\\bpuffin/(\\d+)'),
    ('Avast Secure Browser', 'avast', '', '', '', '\\bavast/(\\d+)'),
    ('SeaMonkey', 'seamonkey', '', '', '', '\\bseamonkey/(\\d+)'),
    ('Pale Moon', 'palemoon', '', '', '', '\\bpalemoon/(\\d+)'),
    ('Waterfox', 'waterfox', '', '', '', '\\bwaterfox/(\\d+)'),
    ('Konqueror', 'konqueror', '', '', '', '\\bkonqueror/(\\d+)'),
    ('Epiphany', 'epiphany', '', '', '', '\\bepiphany/(\\d+)'),
    ('Falkon', 'falkon qupzilla', '', '', '', '\\b(?:falkon|qupzilla)/(\\d+)'),
    ('NetFront', 'netfront', '', '', '', '\\bnetfront/(\\d+)'),
    ('Lynx', 'lynx', '', '', '', '\\blynx/(\\d+)'),
    ('Links', 'links elinks', '', '', '', '\\be?links(?:/| \\()(\\d+)'),
    ('w3m', 'w', '', '', '', '\\bw3m/(\\d+)'),
    ('Chrome', 'crios headlesschrome chrome chromium', '', '', '', '\\b(?:crios|headlesschrome|chrome|chromium)/(\\d+)'),
    ('Firefox', 'fxios firefox focus klar', '', '', '', '\\b(?:fxios|firefox|focus|klar)/(\\d+)'),
    ('Internet Explorer', 'msie', '', '', '', '\\bmsie (\\d+)'),
    ('Internet Explorer', 'trident', '', 'rv', '', '\\brv:(\\d+)'),
    ('BlackBerry Browser', 'bb blackberry playbook', '', 'version', '', '\\bversion/(\\d+)'),
    ('Android Browser', 'android adr', '', 'safari version', '', '\\bversion/(\\d+)'),
    ('Safari', 'macintosh iphone ipad ipod windows', '', 'safari version', '', '\\bversion/(\\d+)'),
)

SYSTEMS = (
    ('watchOS', 'watchos', '', '', '', '\\bwatchos(?:[ /,]+(\\d+(?:\\.\\d+)*))?'),
    ('tvOS', 'tvos appletv', '', '', '', '\\btvos(?:[ /]+(\\d+(?:\\.\\d+)*))?|\\bappletv\\d+,\\d+/(\\d+(?:\\.\\d+)*)|\\bappletv\\b'),
    ('Windows Phone', 'phone', '', '', '', '\\bwindows phone(?: os)?(?:[ /](\\d+(?:\\.\\d+)*))?'),
    ('Windows Mobile', 'windows', '', '', '', '\\bwindows (?:ce|mobile)\\b(?:[ /](\\d+(?:\\.\\d+)*))?'),
    ('KaiOS', 'kaios', '', '', '', '\\bkaios(?:/(\\d+(?:\\.\\d+)*))?'),
    ('Tizen', 'tizen', '', '', '', '\\btizen(?:[ /](\\d+(?:\\.\\d+)*))?'),
    ('webOS', 'web webos hpwos netcast', '', '', '', '\\b(?:web0s|webos|hpwos)(?:/(\\d+(?:\\.\\d+)*))?|\\bnetcast\\b'),
    ('Roku OS', 'roku', '', '', '', '\\broku(?![a-z])(?:\\w{0,16}/dvp-(\\d+(?:\\.\\d+)*))?'),
    ('PlayStation', 'playstation', '', '', '', '\\bplaystation\\b'),
    ('Nintendo', 'nintendo', '', '', '', '\\bnintendo\\b'),
    ('HarmonyOS', 'harmonyos openharmony', '', '', '', '\\b(?:harmonyos|openharmony)(?:[ /](\\d+(?:\\.\\d+)*))?'),
    ('iOS', 'iphone ipad ios ipados cpu', '', '', 'android', '\\b(?:cpu (?:(?:iphone|ipad) )?os|cpu i(?:phone|pad)|iphone os|ios|ipados)(?:[ /:_]{1,3}v?|(?=\\d))(\\d+(?:[._]\\d+)*)'),
    ('iOS', 'iphone ipad ipod ios ipados cpu crios fxios edgios opios', '', '', 'android', '\\bi(?:phone|pad|pod)(?![a-z])|\\bcpu (?:os|i(?:phone|pad))(?![a-z])|\\b(?:cr|fx|edg|op)ios/|\\b(?:ios|ipados)\\b'),
    ('BlackBerry OS', 'rim', '', '', '', '\\brim tablet os (\\d+(?:\\.\\d+)*)'),
    ('BlackBerry OS', 'playbook', '', '', '', '\\bplaybook\\b'),
    ('BlackBerry OS', 'blackberry bb', '', 'version', 'android', '\\bversion/(\\d+(?:\\.\\d+)*)'),
    ('BlackBerry OS', 'blackberry bb', '', '', 'android', '\\bblackberry(?:\\w{1,8}/(\\d+(?:\\.\\d+)*))?|\\bbb10\\b'),
    ('Symbian', 'symbianos symbian symbos series', '', '', '', '\\bsymb(?:ianos|ian|os)\\b|\\bseries ?[46]0\\b'),
    ('Android', 'android adr', '', '', '', '\\bandroid(?![a-z])(?:[ /-]?v?(\\d+(?:\\.\\d+)*))?|\\badr (\\d+(?:\\.\\d+)*)'),
    ('Android', 'silk kfapwa', '', '', '', '\\bsilk/|\\bkf[a-z]{2,5} build/'),
    ('Bada', 'bada', '', '', '', '\\bbada(?:/(\\d+(?:\\.\\d+)*))?'),
    ('Sailfish OS', 'sailfish', '', '', '', '\\bsailfish\\b'),
    ('Chrome OS', 'cros', '', '', '', '\\bcros \\S+ (\\d+)|\\bcros\\b'),
    ('Windows', 'windows win winnt', '', '', '', '\\bwindows\\b(?:[ /](?:nt )?(\\d+(?:\\.\\d+)?|xp|vista|me)\\b)?|\\bwin(?:nt)?(9[58x]|[36]\\d|nt)\\b'),
    ('FreeBSD', 'freebsd', '', '', '', '\\bfreebsd\\b'),
    ('OpenBSD', 'openbsd', '', '', '', '\\bopenbsd\\b'),
    ('NetBSD', 'netbsd', '', '', '', '\\bnetbsd\\b'),
    ('Solaris', 'sunos solaris', '', '', '', '\\b(?:sunos|solaris)\\b'),
    ('OS/2', 'os', '', '', '', '\\bos/2\\b'),
    ('Haiku', 'haiku', '', '', '', '\\bhaiku\\b'),
    ('BeOS', 'beos', '', '', '', '\\bbeos\\b'),
    ('AmigaOS', 'amigaos amiga amigavoyager', '', '', '', '\\bamiga(?:os|voyager)?(?![a-z])'),
    ('Fuchsia', 'fuchsia', '', '', '', '\\bfuchsia\\b'),
    ('macOS', 'mac macos macosx', '', '', '', '(?<!like )\\bmac ?os(?: ?x)?[ /](\\d+(?:[._]\\d+)*)'),
    ('macOS', 'mac macos macintosh macosx macbook macbookair macbookpro imac macmini macpro', '', '', '', '(?<!like )\\bmac ?os(?: ?x)?\\b|\\bmacintosh\\b|\\bmac_powerpc\\b|\\bmacbook(?:air|pro)?(?![a-z])|\\bimac\\d|\\bmacmini\\d|\\bmacpro\\d'),
    ('Linux', 'linux ubuntu', '', '', '', '\\blinux\\b|\\bubuntu\\b'),
)

DEVICES = (
    ('wearable', 'watchos watch wear', '', '', '', '\\bwatchos\\b|\\bapple watch\\b|\\bwatch\\d+,\\d+|\\bwear os\\b'),
    ('console', 'playstation nintendo xbox ouya ps dreamcast', '', '', '', '\\bps[345]\\b|\\bdreamcast\\b|\\bplaystation\\b|\\bnintendo\\b|\\bxbox\\b|\\bouya\\b'),
    ('tablet', 'ipad', '', '', 'android', '\\bipad(?![a-z])'),
    ('mobile', 'iphone ipod iphonex iphonexs iphonexr iphonexsmax iphonese', '', '', '', '\\bi(?:phone(?:xr|xs|xsmax|x|se)?|pod)(?![a-z])'),
    ('tv', 'hbbtv kepler youviewhtml hybridcast vizios bravia roku crkey chromecast appletv tvos netcast viera smarttv googletv androidtv mitv vidaa tivo omi atv nettv inettvbrowser ceatml', '', '', '', '\\bhbbtv\\b|\\bkepler/|\\byouviewhtml\\b|\\bhybridcast\\b|\\bvizios\\b|\\bbravia\\b|\\broku(?![a-z])|\\bcrkey\\b|\\bchromecast\\b|\\bappletv(?![a-z])|\\btvos\\b|\\bnetcast\\b|\\bviera\\b|\\b(?:smart|google|android|mi|net)tv(?![a-z])|\\bvidaa\\b|\\btivo\\b|\\bomi/\\d|\\batv\\b|\\binettvbrowser\\b|\\bce-?html\\b'),
    ('tv', 'tv', '', '', '', '\\b(?:smart|android|apple|google|hybrid|fire|4k|mi|led|lcd|internet|philips|sony|tcl|hisense)[ _-]?tv\\b|\\btv (?:safari|build|bro|store)|[_;(\\[,/+ ]tv[_;)\\],/]'),
    ('tv', 'web', '', '', '', '\\bweb0s\\b'),
    ('tv', '', 'aft', '', '', '(?<![a-z])aft[a-z]{1,6}\\d{0,5}(?:[ _]build|[;)-])'),
    ('car', 'tesla qtcarbrowser automotive carplay', '', '', '', '\\btesla/|\\bqtcarbrowser\\b|\\bandroid automotive\\b'),
    ('tablet', 'tablet playbook kindle nook', '', '', '', '\\btablet\\b(?! ?pc)|\\bplaybook\\b|\\bkindle\\b|\\bnook\\b'),
    ('tablet', 'silk', '', '', 'mobile', '\\bsilk/'),
    ('tablet', 'silk', '', '', '', '\\bkf[a-z]{2,5} build/'),
    ('tablet', 'android', '', '', 'mobile mobi phone', '\\b(?:safari|firefox)/'),
    ('mobile', 'mobile mobi phone blackberry bb symbian symbianos symbos midp iemobile kaios', '', '', '', '\\bmobile?\\b|\\bwindows phone\\b|\\bblackberry(?![a-z])|\\bbb10\\b|\\bsymb(?:ianos|ian|os)\\b|\\bmidp\\b|\\biemobile\\b|\\bkaios\\b'),
    ('mobile', 'opera series obigo untrusted', '', '', '', '\\bopera m(?:ini|obi)/|\\bseries ?[46]0\\b|\\bobigo(?![a-z])|\\buntrusted/'),
    ('mobile', 'up wap maui brew teleca', '', '', '', '\\bup\\.(?:browser|link)\\b|\\bupbrowser\\b|\\bwap[ -]?browser|/maui|\\bmaui[ /]|\\bbrew[ /]|\\bteleca\\b'),
    ('mobile', 'windows', '', '', '', '\\bwindows (?:ce|mobile)\\b'),
    ('desktop', 'windows macintosh macos macosx mac cros macbook macbookair macbookpro imac macmini macpro', '', '', '', '\\bwindows\\b|\\bmacintosh\\b|(?<!like )\\bmac ?os(?: ?x)?\\b|\\bcros\\b|\\bmacbook(?:air|pro)?(?![a-z])|\\bimac\\d|\\bmacmini\\d|\\bmacpro\\d'),
    ('desktop', 'x linux ubuntu', '', '', 'mobile android touch', '\\bx11;|\\blinux (?:x86_64|i[3-6]86|amd64)|\\bubuntu\\b'),
    ('mobile', '', 'nokia', '', '', 'nokia'),
    ('mobile', '', '', '', '', '^(?:docomo/|kddi-|softbank|vodafone|j-phone|portalmmm|acer-|alcatel|amoi|asus-|benq|dopod|ericsson|haier|hitachi-|htc|huawei|kwc|kyocera|lenovo|lg|mitsu|mot-|motorola|nec-|nexian|nokia|palm|panasonic|pantech|philips|qc-|qtek|sagem|sam-|samsung|sanyo|sch-|sec-|sendo|sgh-|sharp|sie-|sonyericsson|spice|sph-|tcl-|telit|tianyu|toshiba|vk|zte)[\\w -]*[\\d/]'),
)

WINDOWS = (
    ('10.0', '10'),
    ('6.3', '8.1'),
    ('6.2', '8'),
    ('6.1', '7'),
    ('6.0', 'Vista'),
    ('5.2', 'XP'),
    ('5.1', 'XP'),
    ('5.0', '2000'),
    ('xp', 'XP'),
    ('vista', 'Vista'),
    ('me', 'ME'),
    ('9x', 'ME'),
)

RULES = (
    ('crawler', '', 'bot', 'not in the model', '(?<!\\bcu)bots?(?![a-z])|robot'),
    ('crawler', '', 'crawl', 'not in the model', 'crawl'),
    ('crawler', '', 'spider', 'not in the model', 'spider'),
    ('crawler', 'google', '', 'anywhere', '\\bgoogle-(?!chrome|app|pixel)[a-z]'),
    ('crawler', 'whatsapp', '', 'anywhere', '^whatsapp/[\\d.]+(?: cfnetwork/|(?: [a-z])?$)'),
    ('crawler', '', 'scrap', 'not in an app', 'scrap(?:er|y|ing|e)'),
    ('crawler', '', 'archive', 'not in an app', 'archive'),
    ('crawler', '', 'indexer', 'not in an app', 'indexer'),
    ('crawler', '', 'fetch', 'not in an app', '(?<!mozac)fetch'),
    ('crawler', '', 'monitor', 'not in an app', 'monitor'),
    ('crawler', '', 'check', 'not in an app', 'check(?!out)'),
    ('crawler', '', 'valid', 'not in an app', 'validat'),
    ('crawler', '', 'verif', 'not in an app', 'verif'),
    ('crawler', '', 'preview', 'not in an app', 'preview'),
    ('crawler', '', 'scan', 'not in an app', 'scan(?:ner|ning|/|\\b)'),
    ('crawler', '', 'inspect', 'not in an app', 'inspect(?:or|ion)'),
    ('crawler', '', 'analy', 'not in an app', 'analy[sz]er'),
    ('headless', '', 'headless', 'anywhere', 'headless'),
    ('link', '', 'http', 'not in an app of its own', 'https?:/'),
    ('link', '', '@', 'not in an app of its own', '[\\w.-]@[a-z0-9-]+\\.[a-z]'),
    ('link', '', '+', 'not in an app of its own', '\\+[a-z0-9.-]+\\.[a-z]{2}'),
    ('compatible', '', '(compatible;', 'anywhere', '(?<=.{16}) \\(compatible; (?!msie|konqueror|yospace|icab|linux|windows|wow64|u;|netscape|opera|ms-office|googletoolbar|ibrowse|amiga|netpositive|polaris|teleca|risc os|ncbrowser|acorn|adobe|lotus|dillo|nokia|oss/|odyssey|kun/|antgalio)'),
    ('compatible', '', '(compatible;', 'not in an app', '^mozilla/[1-9]\\.\\d+ \\(compatible; (?!msie|konqueror|yospace|icab|linux|windows|wow64|u;|netscape|opera|ms-office|googletoolbar|ibrowse|amiga|netpositive|polaris|teleca|risc os|ncbrowser|acorn|adobe|lotus|dillo|nokia|oss/|odyssey|kun/|antgalio)'),
    ('compatible', '', '; compatible;', 'anywhere', 'gecko\\)?; compatible; (?!msie|konqueror)'),
    ('crawler', '', ', mozilla/', 'anywhere', '^[^(]{1,40}, mozilla/'),
    ('crawler', 'speed pagespeed', '', 'anywhere', '\\bpage ?speed\\b'),
    ('crawler', 'daum daumoa', '', 'anywhere', '\\bdaum(?:oa)?[ /]\\d'),
    ('link', '', 'www.', 'not in an app', '\\bwww\\.[a-z0-9-]+\\.[a-z]'),
    ('tool', 'cursor', '', 'anywhere', '\\bcursor/\\d'),
    ('tool', '', 'http', 'not in an app', 'http ?client|httpurlconnection|\\bhttp_|\\bhttp/'),
    ('tool', 'java', '', 'not in an app', '\\bjava/\\d'),
    ('tool', 'libwww', '', 'anywhere', '\\blibwww-perl'),
    ('tool', 'okhttp', '', 'anywhere', '^okhttp/[\\d.]+(?:-\\w+)?$'),
    ('tool', 'node', '', 'not in an app', '\\bnode(?:\\.js)?\\b'),
    ('tool', 'python pythonw', '', 'not in the model', '\\bpythonw?(?![a-z])'),
    ('crawler', 'slurp lighthouse pagespeed mediapartners adsbot facebookexternalhit pingdom uptime ptst appinsights siteimprove googleother favicon bingpreview googleweblight duplexweb googleadsenseinfeed storebot ruxitsynthetic syntheticsagent synthetics catchpoint cloudflareobservatory cloudflarediagnostics pageburst adbeat pingdomtms convertify dmbrowser thumbor outbrain gtmetrix swcd', '', 'anywhere', ''),
    ('tool', 'wget httpie postman postmanruntime aiohttp httpx guzzle guzzlehttp winhttp restsharp nutch heritrix httrack nikto nmap sqlmap zgrab nagios clamav wechatdevtools', '', 'anywhere', ''),
    ('tool', 'ruby perl php axios insomnia', '', 'not in the model', ''),
    ('headless', 'phantomjs slimerjs puppeteer playwright selenium webdriver cypress', '', 'anywhere', ''),
    ('crawler', 'search feed feeds snippet survey research transcoder seo ping proxy resolver synthetic subscribers audit url parser downloader capture splash', '', 'not in an app', ''),
    ('tool', 'curl libcurl', '', 'not in an app', ''),
)

REFERRERS = """\
ai|ChatGPT|*.chatgpt.com chat.openai.com com.openai.chatgpt
ai|Perplexity|*.perplexity.ai ai.perplexity.app.android
ai|Claude|*.claude.ai com.anthropic.claude
ai|Gemini|gemini.google.com bard.google.com com.google.android.apps.bard
ai|NotebookLM|notebooklm.google.com
ai|Google AI Studio|aistudio.google.com
ai|Copilot|copilot.microsoft.com copilot.cloud.microsoft m365.cloud.microsoft edgeservices.bing.com com.microsoft.copilot
ai|You|you.com
ai|DeepSeek|*.deepseek.com com.deepseek.chat
ai|Grok|*.grok.com grok.x.ai ai.x.grok
ai|Meta AI|*.meta.ai com.facebook.stella
ai|Mistral|chat.mistral.ai ai.mistral.chat
ai|Poe|poe.com com.poe.android
ai|Phind|phind.com
ai|Pi|pi.ai heypi.com
ai|Kimi|*.kimi.com *.kimi.ai kimi.moonshot.cn
ai|Doubao|*.doubao.com
ai|Qwen|*.qwen.ai *.qwenlm.ai tongyi.com tongyi.aliyun.com qianwen.com qianwen.aliyun.com
ai|Yuanbao|yuanbao.tencent.com
ai|Ernie|yiyan.baidu.com ernie.baidu.com chat.baidu.com
ai|ChatGLM|*.chatglm.cn *.z.ai
ai|MiniMax|*.hailuoai.com agent.minimax.io chat.minimax.io
ai|Character.AI|*.character.ai
ai|Duck.ai|duck.ai
ai|Lumo|lumo.proton.me
ai|Andi|andisearch.com
ai|iAsk|iask.ai
ai|Felo|felo.ai
ai|Genspark|genspark.ai
ai|Komo|komo.ai
ai|Manus|manus.im
ai|Consensus|consensus.app
ai|Elicit|elicit.com elicit.org
ai|Scite|scite.ai
ai|Liner|getliner.com liner.com
ai|Monica|monica.im
ai|Merlin|getmerlin.in
ai|Sider|sider.ai
ai|Blackbox|blackbox.ai
ai|OpenRouter|openrouter.ai
ai|LMArena|lmarena.ai
ai|Le Chat|lechat.mistral.ai
ai|GigaChat|giga.chat gigachat.ru
ai|Alice|alice.yandex.ru
search|HotBot|hotbot.com search.hotbot.com
search|Exalead|exalead.com exalead.fr
search|Gigablast|gigablast.com
search|Kvasir|kvasir.no
search|Startsiden|startsiden.no
search|Eniro|eniro.se eniro.no
search|Blekko|blekko.com
search|Cuil|cuil.com
search|MetaCrawler|metacrawler.com
search|Alltheweb|alltheweb.com
search|LookSmart|looksmart.com
search|Clusty|clusty.com
search|Bluewin|search.bluewin.ch
search|BT|search.bt.com
search|Docomo|search.smt.docomo.ne.jp
search|au|search.auone.jp sp-web.search.auone.jp
search|UkrNet|search.ukr.net ukr.net
search|i.ua|search.i.ua
search|Netscape|search.netscape.com
search|Google|google.@ images.google.@ blogsearch.google.@ video.google.com lens.google.com search.google.com encrypted.google.com ipv4.google.com ipv6.google.com cse.google.com com.google.android.googlequicksearchbox com.google.android.apps.searchlite
search|Google News|news.google.@
search|Google Scholar|scholar.google.@
search|Bing|bing.com *.search.bing.com cn.bing.com global.bing.com ssl.bing.com com.microsoft.bing
search|MSN|msn.com ntp.msn.com search.msn.com *.search.msn.com search.live.com
search|Yahoo|yahoo.com r.search.yahoo.com yahoo.co.jp *.search.yahoo.com *.search.yahoo.co.jp search.yahoo.@ search.yahoo.net
search|DuckDuckGo|*.duckduckgo.com com.duckduckgo.mobile.android ddg.gg
search|Baidu|baidu.com image.baidu.com wap.baidu.com news.baidu.com zhidao.baidu.com tieba.baidu.com www1.baidu.com
search|Yandex|yandex.com yandex.ru yandex.ua yandex.by yandex.kz yandex.uz yandex.com.tr yandex.net yandex.eu yandex.fr ya.ru images.yandex.ru images.yandex.com images.yandex.ua news.yandex.ru ru.yandex.searchplugin
search|Ecosia|*.ecosia.org com.ecosia.android
search|Startpage|*.startpage.com *.ixquick.com *.ixquick.de
search|Qwant|*.qwant.com com.qwant.liberty
search|Naver|*.search.naver.com naver.com com.nhn.android.search
search|Daum|*.search.daum.net daum.net
search|Seznam|search.seznam.cz seznam.cz obrazky.cz cz.seznam.sbrowser
search|Sogou|*.sogou.com
search|360|so.com *.so.com 360.cn so.360.cn
search|Shenma|sm.cn *.sm.cn
search|Toutiao|so.toutiao.com
search|Brave|search.brave.com com.brave.browser
search|Kagi|kagi.com
search|Mojeek|mojeek.com mojeek.co.uk
search|Swisscows|swisscows.com swisscows.ch
search|MetaGer|metager.de metager.org metager.es
search|Presearch|presearch.com presearch.org
search|Searx|searx.be searx.me searx.space
search|Ask|ask.com *.search.ask.com ask.fr *.ask.com search.ask.@
search|AOL|aol.com aol.co.uk aol.de aol.fr *.search.aol.com search.aol.@ recherche.aol.fr suche.aol.de aolsearch.com
search|Lycos|search.lycos.com lycos.com lycos.de lycos.fr lycos.co.uk
search|Excite|search.excite.@ excite.com excite.co.jp excite.it
search|Dogpile|dogpile.com
search|WebCrawler|webcrawler.com
search|InfoSpace|infospace.com search.infospace.com
search|AltaVista|*.altavista.com altavista.de altavista.fr
search|Gibiru|gibiru.com
search|Yippy|yippy.com search.yippy.com
search|Rambler|rambler.ru nova.rambler.ru search.rambler.ru r0.ru
search|Mail.ru|go.mail.ru
search|Sputnik|sputnik.ru
search|Sapo|pesquisa.sapo.pt
search|Virgilio|ricerca.virgilio.it
search|Libero|arianna.libero.it ricerca.libero.it
search|Onet|onet.pl szukaj.onet.pl
search|WP.pl|szukaj.wp.pl
search|Interia|google.interia.pl
search|Web.de|suche.web.de
search|GMX|suche.gmx.net suche.gmx.at suche.gmx.ch search.gmx.com search.gmx.co.uk recherche.gmx.fr
search|T-Online|suche.t-online.de brisbane.t-online.de
search|Freenet|suche.freenet.de
search|1und1|search.1und1.de suche.1und1.de
search|Orange|lemoteur.orange.fr lemoteur.fr rws.search.ke.voila.fr search.ke.voila.fr
search|Free|search.free.fr recherche.free.fr
search|SFR|recherche.sfr.fr
search|Lilo|search.lilo.org
search|Terra|buscador.terra.es busca.terra.com.br buscador.terra.com
search|UOL|busca.uol.com.br buscador.uol.com.br
search|Comcast|search.comcast.net
search|Earthlink|search.earthlink.net
search|Goo|search.goo.ne.jp ocnsearch.goo.ne.jp
search|Rakuten|websearch.rakuten.co.jp
search|Nifty|search.nifty.com
search|BIGLOBE|biglobe.ne.jp cgi.search.biglobe.ne.jp
search|Walla|search.walla.co.il
search|Najdi|najdi.si
search|Zapmeta|zapmeta.com zapmeta.ws zapmeta.nl zapmeta.de
search|Wow|wow.com us.wow.com
search|Avira|search.avira.com search.avira.net
search|Avast|search.avast.com
search|AVG|isearch.avg.com search.avg.com mysearch.avg.com
search|Conduit|search.conduit.com
search|Babylon|search.babylon.com
search|My Web Search|search.mywebsearch.com
search|MyWay|int.search.myway.com search.myway.com
search|Coccoc|coccoc.com
search|Petal|petalsearch.com
search|You|search.you.com
search|Wikiwand|search.wikiwand.com
search|Ekoru|ekoru.org
search|OceanHero|oceanhero.today
search|Karma|karmasearch.org
search|Private|private.sh
search|Tiscali|search.tiscali.it search.tiscali.co.uk
search|Voila|voila.fr
search|Centrum|search.centrum.cz search.centrum.sk centrum.cz
search|Zoznam|zoznam.sk
search|Atlas|searchatlas.centrum.cz
search|Nate|search.nate.com
search|ZUM|search.zum.com
search|Yam|search.yam.com
search|Youdao|youdao.com
search|Soso|soso.com *.soso.com
social|Google+|plus.google.com plus.url.google.com url.google.com
social|Blogspot|*.blogspot.com
social|Classmates|*.classmates.com
social|MyHeritage|*.myheritage.com
social|Xanga|*.xanga.com
social|Cyworld|*.cyworld.com
social|Gaia|gaiaonline.com
social|BlackPlanet|*.blackplanet.com
social|Fotolog|*.fotolog.com
social|Habbo|*.habbo.com
social|Sonico|*.sonico.com
social|Plaxo|*.plaxo.com
social|Geni|*.geni.com
social|Multiply|*.multiply.com
social|identi.ca|identi.ca
social|Buzznet|*.buzznet.com
social|WAYN|*.wayn.com
social|Flixster|*.flixster.com
social|Draugiem|*.draugiem.lv
social|pixiv|*.pixiv.net
social|Nicovideo|*.nicovideo.jp
social|FC2|*.fc2.com
social|Tripadvisor|tripadvisor.@ *.tripadvisor.com
social|TypePad|*.typepad.com
social|Hootsuite|*.hootsuite.com ow.ly
social|Buffer|buffer.com buff.ly
social|Yammer|*.yammer.com
social|Ning|*.ning.com
social|Photobucket|*.photobucket.com
social|MyAnimeList|myanimelist.net
social|Ravelry|*.ravelry.com
social|Couchsurfing|couchsurfing.com couchsurfing.org
social|Glassdoor|glassdoor.@ *.glassdoor.com
social|Houzz|houzz.@ *.houzz.com
social|Instapaper|*.instapaper.com
social|Menéame|meneame.net
social|Habr|habr.com
social|Zen|dzen.ru zen.yandex.ru
social|Peertube|joinpeertube.org
social|Pixelfed|pixelfed.social
social|Lemmy|lemmy.world lemmy.ml
social|Nostr|primal.net
social|Crunchyroll|crunchyroll.com
social|Friends-Reunited|friendsreunited.com friendsreunited.co.uk
social|Whirlpool|forums.whirlpool.net.au
social|5ch|5ch.net
social|Facebook|*.facebook.com *.fb.com fb.me *.fb.me facebook.de fbcdn.net *.messenger.com m.me com.facebook.katana com.facebook.lite com.facebook.orca
social|Instagram|*.instagram.com instagr.am ig.me com.instagram.android
social|Threads|*.threads.net *.threads.com
social|X|x.com mobile.x.com *.twitter.com t.co com.twitter.android
social|LinkedIn|*.linkedin.com lnkd.in com.linkedin.android
social|Reddit|*.reddit.com redd.it com.reddit.frontpage
social|Pinterest|pinterest.@ *.pinterest.com pin.it com.pinterest
social|YouTube|*.youtube.com youtu.be com.google.android.youtube
social|TikTok|*.tiktok.com com.zhiliaoapp.musically com.ss.android.ugc.trill
social|Douyin|*.douyin.com
social|Snapchat|*.snapchat.com com.snapchat.android
social|WhatsApp|*.whatsapp.com wa.me com.whatsapp com.whatsapp.w4b
social|Telegram|*.telegram.org t.me *.t.me telegram.me org.telegram.messenger org.telegram.messenger.web
social|Signal|signal.me
social|Discord|*.discord.com discord.gg discordapp.com *.discordapp.com com.discord
social|Slack|app.slack.com com.slack
social|Teams|teams.microsoft.com statics.teams.cdn.office.net
social|Bluesky|*.bsky.app go.bsky.app xyz.blueskyweb.app
social|Mastodon|mastodon.social mastodon.online mstdn.social mstdn.jp mas.to fosstodon.org hachyderm.io infosec.exchange techhub.social mastodon.cloud joinmastodon.org org.joinmastodon.android
social|Tumblr|*.tumblr.com t.umblr.com
social|VK|*.vk.com vk.ru *.vk.ru vkontakte.ru away.vk.com com.vkontakte.android
social|Odnoklassniki|*.ok.ru *.odnoklassniki.ru ru.ok.android
social|My World|my.mail.ru
social|LiveJournal|*.livejournal.com *.livejournal.ru
social|Weibo|*.weibo.com *.weibo.cn t.cn
social|WeChat|*.weixin.qq.com weixin.qq.com mp.weixin.qq.com com.tencent.mm
social|QQ|qzone.qq.com *.qzone.qq.com im.qq.com
social|Xiaohongshu|*.xiaohongshu.com xhslink.com
social|Zhihu|*.zhihu.com
social|Douban|*.douban.com
social|Renren|*.renren.com
social|Bilibili|*.bilibili.com b23.tv
social|Line|*.line.me lin.ee jp.naver.line.android
social|KakaoTalk|*.kakao.com com.kakao.talk
social|KakaoStory|story.kakao.com
social|Naver Blog|blog.naver.com m.blog.naver.com
social|Naver Cafe|cafe.naver.com m.cafe.naver.com
social|Hatena|b.hatena.ne.jp *.hatena.ne.jp
social|Mixi|*.mixi.jp mixi.jp
social|Ameba|ameblo.jp *.ameba.jp
social|Quora|*.quora.com com.quora.android
social|Hacker News|news.ycombinator.com hckrnews.com
social|Lobsters|lobste.rs
social|Slashdot|*.slashdot.org
social|Product Hunt|*.producthunt.com
social|Stack Overflow|*.stackoverflow.com *.stackexchange.com
social|GitHub|github.com gist.github.com
social|Medium|*.medium.com
social|Substack|*.substack.com
social|Flipboard|*.flipboard.com flip.it flipboard.app
social|Pocket|getpocket.com
social|Digg|*.digg.com
social|StumbleUpon|*.stumbleupon.com
social|Delicious|delicious.com del.icio.us
social|Diigo|diigo.com
social|Mix|mix.com
social|Flickr|*.flickr.com flic.kr
social|500px|500px.com
social|DeviantArt|*.deviantart.com
social|Behance|*.behance.net
social|Dribbble|dribbble.com
social|Vimeo|*.vimeo.com
social|Dailymotion|*.dailymotion.com
social|Twitch|*.twitch.tv
social|Rumble|rumble.com
social|SoundCloud|*.soundcloud.com
social|Spotify|open.spotify.com
social|Last.fm|*.last.fm lastfm.de lastfm.fr
social|Goodreads|*.goodreads.com
social|Foursquare|*.foursquare.com
social|Swarm|swarmapp.com
social|Yelp|yelp.@ *.yelp.com
social|Meetup|*.meetup.com
social|Nextdoor|nextdoor.com nextdoor.co.uk nextdoor.de
social|Xing|*.xing.com
social|Viadeo|*.viadeo.com
social|MeWe|mewe.com
social|Gab|gab.com
social|Parler|parler.com
social|Truth Social|truthsocial.com
social|Gettr|gettr.com
social|Minds|minds.com
social|Ello|ello.co
social|Diaspora|joindiaspora.com
social|Myspace|*.myspace.com
social|Badoo|*.badoo.com
social|Tagged|*.tagged.com
social|Hi5|*.hi5.com
social|Orkut|*.orkut.com
social|Friendster|*.friendster.com
social|Bebo|*.bebo.com
social|Netlog|*.netlog.com
social|Taringa|*.taringa.net
social|Skyrock|*.skyrock.com
social|Skype|web.skype.com
social|Viber|viber.com *.viber.com
social|Zalo|*.zalo.me
social|Wattpad|*.wattpad.com
social|Disqus|*.disqus.com
social|Linktree|linktr.ee
social|Patreon|*.patreon.com
social|Gravatar|gravatar.com *.gravatar.com
social|Scoop.it|scoop.it
social|SlideShare|*.slideshare.net
social|Blogger|*.blogger.com
social|WordPress|wordpress.com
social|ResearchGate|*.researchgate.net
social|Academia|*.academia.edu
social|Strava|*.strava.com
social|Letterboxd|letterboxd.com
social|Imgur|*.imgur.com
social|9GAG|9gag.com
social|Likee|*.likee.video
social|Kuaishou|*.kuaishou.com
social|ShareChat|*.sharechat.com
social|Wykop|*.wykop.pl
social|Nasza-klasa|nk.pl
social|Hyves|*.hyves.nl
social|Tuenti|*.tuenti.com
social|studiVZ|studivz.net meinvz.net
social|Gutefrage|gutefrage.net
social|Pikabu|*.pikabu.ru
social|Plurk|*.plurk.com
social|PTT|*.ptt.cc
social|Dcard|*.dcard.tw
social|Livedoor|blog.livedoor.jp
social|Mobage|mbga.jp
social|Gree|gree.jp
email|Inbox|inbox.com
email|Sibmail|sibmail.com
email|Mastermail|mastermail.ru
email|Gmail|mail.google.com inbox.google.com com.google.android.gm
email|Outlook|*.mail.live.com *.outlook.com outlook.live.com outlook.office.com outlook.office365.com hotmail.com *.hotmail.com hotmail.msn.com outlook.cloud.microsoft com.microsoft.office.outlook
email|Yahoo Mail|mail.yahoo.@ *.mail.yahoo.com mail.yahoo.net *.mail.yahoo.net com.yahoo.mobile.client.android.mail
email|AOL Mail|mail.aol.com *.mail.aol.com
email|Proton Mail|mail.proton.me mail.protonmail.com ch.protonmail.android
email|iCloud Mail|icloud.com
email|GMX|*.gmx.net *.gmx.com *.gmx.de *.gmx.at *.gmx.ch *.gmx.fr *.gmx.co.uk
email|Web.de|navigator.web.de navigator-bs.web.de navigator-lxa.web.de 3c.web.de 3c-bs.web.de deref-web.de deref-web-02.de freemail.web.de
email|T-Online|email.t-online.de
email|Freenet|webmail.freenet.de office.freenet.de
email|Orange|webmail.orange.fr mail01.orange.fr mail02.orange.fr messagerie.orange.fr
email|Free|zimbra.free.fr imp.free.fr webmail.free.fr
email|La Poste|webmail.laposte.net
email|SFR|webmail.sfr.fr messagerie.sfr.fr
email|Libero|mail.libero.it posta.libero.it mail1.libero.it
email|Virgilio|mail.virgilio.it
email|Naver|mail.naver.com
email|Daum|mail.daum.net
email|Nate|mail.nate.com
email|QQ Mail|mail.qq.com exmail.qq.com
email|163 Mail|mail.163.com mail.126.com mail.yeah.net
email|Sina Mail|mail.sina.com.cn mail.sina.cn
email|Sohu Mail|mail.sohu.com
email|139 Mail|mail.10086.cn
email|Mail.ru|e.mail.ru touch.mail.ru light.mail.ru tel.mail.ru ru.mail.mailapp
email|Yandex Mail|mail.yandex.ru mail.yandex.com mail.yandex.ua mail.yandex.kz mail.yandex.by mail.yandex.net ru.yandex.mail
email|Rambler|mail.rambler.ru
email|Ukr.net|mail.ukr.net e.ukr.net
email|Seznam Mail|email.seznam.cz email.cz
email|WP Poczta|poczta.wp.pl poczta.o2.pl
email|Onet Poczta|poczta.onet.pl poczta.onet.eu
email|Interia Poczta|poczta.interia.pl
email|Zoho|mail.zoho.com mail.zoho.eu mail.zoho.in
email|Fastmail|app.fastmail.com fastmail.com
email|Tutanota|mail.tutanota.com app.tuta.com mail.tuta.com
email|Hey|app.hey.com
email|Mailbox|office.mailbox.org
email|Posteo|posteo.de
email|Mail.com|navigator-lxa.mail.com navigator.mail.com mail.com
email|Comcast|web.mail.comcast.net connect.xfinity.com
email|Verizon|netmail.verizon.net mail.verizon.com
email|AT&T|mail.att.net
email|Cox|webmail.cox.net myemail.cox.net
email|EarthLink|webmail.earthlink.net
email|BTinternet|email.bt.com
email|Virgin|mail2.virginmedia.com
email|Bigpond|webmail.bigpond.com email.telstra.com
email|Optusnet|webmail.optusnet.com.au
email|iiNet|webmail.iinet.net.au mail.iinet.net.au
email|Beeline|post.ru
email|Bluewin|email.bluewin.ch
email|Telenet|webmail.telenet.be
email|Proximus|webmail.proximus.be
email|Ziggo|webmail.ziggo.nl
email|KPN|webmail.kpnmail.nl
email|UOL|email.uol.com.br webmail.uol.com.br
email|BOL|bmail.uol.com.br
email|Terra|mail.terra.com.br mail.terra.com
email|Rediffmail|mail.rediff.com
email|Superhuman|mail.superhuman.com
email|Mailchimp|*.list-manage.com *.campaign-archive.com mailchi.mp
email|Substack|email.substack.com
"""

REFERRER_LABELS = (
    ('email', 'mail webmail email mail1 mail2 mail3 webmail1 webmail2 webmail3'),
)

CLICK_IDS = """\
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

PEOPLE = """\
cfnetwork darwin dalvik androidos
foma jig dreamcast risc foxit up obigo midp untrusted maui brew teleca wap dorado onebrowser ibrowser browserng
samsung nokia htc lg lge sony sonyericsson huawei alcatel motorola mot lenovo zte pantech audiovox asus acer bird lava sagem palm palmscape
outlook lync ms lotus thunderbird eudora barca windowsmail bat airmail
quicktime itunes vlc libvlc winamp kodi xbmc foobar mplayer banshee clementine audacious mediamonkey amarok rhythmbox plex spotify sonos podcasts antennapod podkicker rssradio castro gpodder juice overcast casts podcast podcatcher player
googleapp mozacfetch office officemobile webexteams viber telegram skype steam battle bluestacks galaxy emacs vscode
mosaic dillo elinks midori netsurf amaya w lynx links
roku hbbtv youviewhtml hybridcast vizios kepler gibbon netflix echo garmin
"""

NAMES = """\
13tabs
192.comagent
1pilot
2gdpr
404enemy
7siters
80legs
^aether
^amazon simple notification service agent
^amazon-route53-health-check-service
^apache
^azure
^biglotron
^blackbox exporter
^bluefish
^calypso v
^claude-code
^cobweb
^comodo dcv
^corax
^dangdang
^dart
^davclnt
^dhsh
^discourse
^docker
^exodusmovement
^exposurescanner
^fdm
^getright
^git
^goose
^goosee-audit
^gozilla
^grabber
^gradle
^hello from palo alto networks
^hobbit
^hotzonu
^httpclient
^httping
^hwcdn
^igetter
^java
^jeode
^jetty
^jigsaw
^mget
^microsoft bits
^microsoft url control
^mikrotik
^movabletype
^netlab360
^npm
^nuclei
^openai
^owler
^php
^php-aymapi
^pip
^pnpm
^postman
^ps_daily
^remove.bg
^rss
^sora
^stape
^svn
^swcd
^swurl
^symbolicator
^taringa
^thumbor
^tls tester
^twine
^ureq
^visionheight.com/scan
^vse
^webbandit
^webcopier
^wget
^wordpress
^wordpress.com
^xenu link sleuth
^xrl
^zdm
^zmeu
a3logics.in
a6-indexer
abonti
aboundex
aboutthedomain
abuse
accoona-ai-agent
acebookexternalhit
acme.sectigo.com
acoon
acrylicapps.com/pulp
acunetix
adauth
addthis
admantx
adminlabs
adressendeutschland
adreview
adscanner
adstxt-worker
adstxt.com
adstxtaggregator
adyen httpclient
affiliatelabz
affilimate-puppeteer
agentslug
ahc
ahrefs
ahrefssiteaudit
aihit
aiwebindex
akka-http
akula
alertra
alexa site audit
alibaba.security.heimdall
allloadin
allsubmitter
alyze.info
amagit
amphp/http-client
analyzer
anarchie
anemone
anglesharp
annotate_google
anomura
ant.com
anthropic-ai
anturis agent
anyevent-http
apache ant
apache droid
apache-httpasyncclient
apache-httpclient
apachebench
apexoo
apimon.de
apis-google
aportworm
appbeat
appengine-google
applesyndication
aprc
arachmo
arachnode
arachnophilia
archive
aria2
arukereso
asafaweb
ask jeeves
ask jeeves/teoma
askquickly
aspseek
asterias
asynchttp
attohttpc
attracta
audit
autocite
automaticwptester
awin.com
aws security scanner
backlink-ceck
backlinkhttpstatus
backstreet
backupland
backweb
bad-neighborhood
baidu.com
barkrowler
basicstate
batchftp
battleztar bazinga
baypup
bazqux
bbbike
bcklinks
bdfetch
begunadvertising
bewica-security-scan
bidtellect
bigbozz
biglotron
binglocalsearch
binlar
binu image cacher
bitacle
bitrix link preview
biz_directory
bkctwitterunshortener
blackboard safeassign
blackwidow
blocknote.net
blogbridge
bloglines
bloglovin
blogpulselive
blogsearch
blogtrottr
bluecoat drtr
boitho.com-dc
boost.beast
bpimagewalker
braintree-webhooks
branch metrics api
branch-passthrough
brandprotect
brandwatch
brodie
browsershots
bubing
builtwith
bunnyslippers
burf search
burpcollaborator
buzzsumo
caam
caam dot crwlr at gmail dot com
cakephp
calculon
caretnail
catexplorador
cc metadata scaper
cegbfeieh
censys
cerberian drtrs
cert.at-statistics-survey
cf-facebook
cg-eye
changedetection
changesmeter
chatgpt agent
chatgpt-user
chatterino-api-cache
checker
checkhost
checkprivacy
cherrypicker
chinaclaw
chkme.com
chlooe
chromaxa
chrome-lighthouse
cirrusexplorer
cispa vulnerability notification
cispa web analyser
citoid
cjnetworkquality
clarsentia
classifier
claude-user
claude-web
clips.ua.ac.be
cloud mapping
cloudendure
cloudflare
cloudflare-alwaysonline
cloudflare-autorag
cloudflare-healthchecks
cloudflare-ssldetector
cloudinary
cmcm.com
cognitiveseo
cohere-ai
coldfusion
collapsify
colly -
commafeed
commons-httpclient
commonscan
contactbigdatafr
contentkingapp
contextual code sites explorer
convera
cookiehubverify
cookiereports
copyright sheriff
copyrightcheck
copyscape
cosmos4j.feedback
cotoyogi
covario-ids
cpanel-http-client
cpp-httplib
craw
criteo
crowsnest
cshttp
csscheck
cula
curious george
curl
cursor
cuwhois
cybo.com
dap/nethttp
dareboost
databasedrivermysqli
datacha0s
datadogsynthetics
datafeedwatch
datanyze
dataparksearch
dataprovider
dataxu
dbpoweramp
ddline
debugbear
deeris
dejaclick
delve.ai
detect
deusu
digincore
digitalpebble
dirbuster
discourse forum onebox
disqus
dittospyder
dlvr
dnspod-reporting
docoloc
dolphin http client
domainappender
domainlabz
domains project
donuts content explorer
dotmailer content retrieval
dotsemantic
downforeveryoneorjustme
download wonder
downnotifier
downtimedetector
drupact
dts agent
dubaiindex
duplexweb-google
dynatracesynthetic
earthcom
easy-thumb
easydl
ebingbong
ec2linkfinder
ecairn-grabber
ecatch
eccp
econtext
ecxi
eirgrabber
electricmonk
elefent
email exractor
email wolf
emailwolf
embarcadero
embed php library
embedly
europarchive.org
evc-batch
eventmachine httpclient
everwall link expander
evidon
evrinid
exactsearch
exaleadcloudview
exif
exorank
exploratodo
express webpictures
extreme picture finder
eyenetie
ezooms
facebookcatalog
facebookexternalua
facebookplatform
fairshare
faraday v
fasthttp
faveeo
favicon downloader
faviconarchive
faviconkit
favorg
fediact service
feed wrangler
feedable
feedbin
feedbooster
feedbucket
feedbunch
feedburner
feeder
feedfetcher-google
feedly
feedshow
feedshowonline
feedspot
feedviewer
feedwind
feedzcollector
feeltiptop
fetch api
fhscan
filestack
fimap
findlink
findthatfile
flipboardbrowserproxy
flipboardproxy
florienzh
flunky
foda-scanner
foregenix
forensiq
forusp
foundseotool
fragfinn.de
free thumbnails
freeuploader
freshrss
frontman
functionize
funnelback
fuzz faster u fool
g00g1e.net
ganarvisitas
gdnplus.com
geedoproductsearch
geedoshopproductfinder
geek-tools
genieo
gentlesource
getcode
getintent
getlinkinfo
getprismatic
getright
getroot
geturlinfo
getweb
geziyor
ghost inspector
gigablastopensource
gis-labs
github-camo
github-hookshot
github.com
gitlab
go http package
go!zilla
go-ahead-got-it
go-http-client
go-mtasts
gobuster
gobyus
gofeed
gofetch
goldfire server
gomezagent
gooblog
goodzer
google appsviewer
google favicon
google keyword suggestion
google keyword tool
google pp default
google search console
google web preview
google-apps-script
googleassociationservice
googlehc
googlemessages
googleother-image
googleother-video
googleprober
googleproducer
googlesites
gookey
gospotcheck
gosquared-thumbnailer
gotit
gozilla
grabify
grafula
grapefx
greatnews
gregarius
grequests
grokkit
grouphigh
grub-client
gsoap
gt::www
haansoft
hackney
hadi agent
happyapps-webcheck
hardenize
hatena
haveinlistenricher
havij
haxermen
headmasterseo
heartrails_capture
help@dataminr.com
hexometer
hf-research
historious
hkedcity
hledejlevne.cz
hloader
hmview
honesosearchengine
hootsuite image proxy
hootsuite-webfeed
hosterstats
hosttracker
hotjar
ht://check
htdig
htmlparser
htmlyse
http banner detection
http-get
http-header-abfrage
http-kit
http-request
http-tiny
http.rb
http://www.neomo.de
http::lite
http_compression_test
http_get
http_request2
http_requester
httpcomponents
httphr
httpmon
httprequest
httpscheck
httpssites_power
httpunit
httpurlconnection
huaweisymantec
hubspot
hubspot marketing grader
hubspot-link-resolver
humanlinks
i2kconnect
ia_archiver
iab-tech-lab
iblog
ichiro
id-search
ideelaborplagiaat
idg twitter links resolver
idwhois
iframely
igdespyder
igoogleportal
iltrovatore
image fetch
image sucker
imageengine
imagevisu
imagga
imagineeasy
img2dataset
imgproxy
imgsizer
inagist
inbound.li parser
inboxb0t
indy library
ineturl
infegy
infohelfer
infotekies
infowizards reciprocal link
infrawatch
inpwrd.com
inspect
instabid
integromedb
intelliseek
interget
internet ninja
internet_archive
internetmeasurement
internetseer
internetvista monitor
internetwache
intravnews
iodc
ioi
iplabel
ips-agent
ipworks http/s component
iqdb
irokez
isitup.org
iskanie
isup.li
ithemes sync
izabee
izsearch
jahho
janforman
javelin.io
jbrofuzz
jersey
jetcar
jigsaw
jobboerse
jobfeed discovery
jobg8 url monitor
jobo
jobrapido
jobsearch1.5
joinvision generic
jolokiapwn
joomla
jorgee
js-kit
junglekeythumbnail
justview
kaspersky lab cfr link resolver
kelny
kerrigan
keycdn
keyword density
keywords research
khttp
kickfire
kimonolabs
kml-google
knows.is
kocmohabt
kouio
krawler.dk
krynos
kube-probe
kubectl
kulturarw3
kumkie
l.webis
l9tcpid
laiondownloader
larbin
leakix.net
leechftp
leechget
letsencrypt
lftp
libwhisker
liferea
lightpanda
lightspeedsystems
likse
limber.io
link valet
link-check
link_thumbnailer
linkalarm
linkanalyser
linkcheck
linkdex
linkexaminer
linkfeed.ru
linkfluence
linkpeek
linkpreview
linkscan
linksmanager
linktiger
linkwalker
lipperhey
litemage_walker
livedoor screenshot
loadimpactrload
localsearch-web
longurl api
longurl-r-package
looid.com
looksystems.net
lscache_runner
ltx71
lua-resty-http
lwp-request
lwp-trivial
lwp::simple
lycos
lyt.sr
mabontland
mag-net
magentanews
magpierss
mail.ru
mail::sts
mailchimp
mailpit
majestic12
makecontact
mandrill
manus-user
mappercmd
marketgoo
marketinggrader
markmonitor
markwatch
mass downloader
masscan
mata hari
matchorysearch
mediametric
mediapartners-google
mediawords
megaindex.ru
meltwaternews
melvil rawi
memgator
meta-externalagent
meta-externalfetcher
meta-webindexer
metaspinner
metauri
mfc_tear_sample
microsearch
microsoft data access
microsoft windows network diagnostics
microsoft-webdav-miniredir
microsoft.data.mashup
microsoftpreview
midown tool
miixpc
mindjet
miniature.io
miniflux
mio_httpc
miro-httpclient
mister pix
mistralai-user
mixdata dot com
mixed-content-scan
mixnode
mnogosearch
modatscanner
mogimogi
mollie
monit
monitis
monitority
monspark
montastic
montools
moreover
morfeus fucking scanner
morning paper
movabletype
mowser
mr.4x3 powered
mrcgiguy
ms web services client protocol
msfrontpage
mshots
muckrack
muhstik-scan
mvaclient
mxtoolbox
myseosnapshot
najdi.si
name intelligence
namefo.com
nameprotect
nationalarchives
navroad
nbertaupete95
nearsite
nessus
net vampire
netants
netcraft
netlyzer
netmechanic
netnewswire
netpursual
netresearch
netshelter contentscan
netsparker
netsystemsresearch
nettle
nettrack
netzip
neustar wpm
neutrinoapi
newrelicpinger
newsgator
newsme
newspaper
nexgate ruby client
next.js middleware
ng-search
nghttp2
nibbler
nicerspro
nihilscio
nineconnections
nlnz_iaharvester
nmap scripting engine
node
node-fetch
node-superagent
node-urllib
node.io
nodemeter
nodeping
nominet.org.uk
nominet.uk
norton-safeweb
notifixious
notifyninja
notionembedder
nuhk
nuzzel
nwormfeedfinder
nyawc
nymesis
nyu
ocelli
odin.com
oegp
offline explorer
offline navigator
ogscrper
okhttp
omgili
omsc
online domain tools
open source rss
opencalaissemanticproxy
openfind
openlinkprofiler
openstat
openvas
orgprobe
orion-semantics
owler
owlin
owncloud news
oxfordcloudservice
page scorer
page valet
page2rss
page_verifier
pagefreezer
pagegrabber
pagepeeker
pagescorer
pagething
panopta
panscient
panscient.com
parsijoo
pathscan
pavuk
paypal ipn
pcore-http
pdf24 url to pdf
pearltrees
pecl::http
peerindex
peew
perlu -
perplexity-user
phantomjs screenshoter
php-requests
phpservermon
pi-monster
picscout
picsearch
picturefinder
pimonster
ping.blo.gs
pingability
pingadmin.ru
pingoscope
pingspot
pinterest.com
pixray
pizilla
plagger
playstore-google
pleroma
plukkie
plumanalytics
pocketimagecache
pocketparser
pockey
poe-component-client-http
pompos
porkbun
port monitor
postano
postfix-mta-sts-resolver
postplanner.com
postpost
postrank
powermarks
prebid
prerender
priceonomics analysis engine
printfriendly
prittorrent
prlog
probely.com
probethenet
productfinder
project-resonance
prospectb2b
prospectingstudio
protopage
prowebwalker
proximic
prtg network monitor
pshtt, https scanning
pulsetic.com
qirina hurdler
qrafterpro
qseero
qualidator
queryn metasearch
queuedriver
quic-go-http
quiterss
quora link preview
qwantify
radian6
radiopublicimageresizer
railgun
rankactive
rankflex
ranksonicsiteauditor
rapidload
re-re studio
reactornetty
rebelmouse
recurpost
redback
reget
repomonkey
request.js
reqwest
responsecodetest
retriever
rexx;
riddler
rigor
rival iq
robosourcer
robozilla
roi hunter
rpt-httpclient
rss
rssmix
rssowl
ryowlengine
safe-agent-scanner
salesintelligent
saleslift
sap netweaver application server
saucenao
sbider
sc-downloader
scalaj-http
scamadviser-frontend
scan.lol
scanalert
scopecontentag-http-client
scoutjet
scouturlmonitor
scrape
scrapebox page scanner
scrapy
screenshotservice
scrubby
scrutiny
search.thunderstone
search37
searchenginepromotionhelp
searchestate
searchexpress
searchsight
searchwp
securityheaders
semanticdiscovery
semanticjuice
semiocast http client
semrush
sendsay.ru
sentry
seo browser
seo servis
seo-nastroj.cz
seo4ajax
seobility
seocentro
seocheck
seocompany
seogets
seokicks
seolik.ru
seolizer
seomoz
seoprofiler
seoscanners
seosearch
seositecheckup
seostats
servernfo
sexsearcher
seznam
shodan
shoppimon
shopwiki
shortlinktranslate
shorturl lengthener
shrinktheweb
sideqik
silktide
simplepie
simplyfast
sindup
sistrix
site sucker
site-shot
site24x7
sitebar
sitebeam
sitebulb
sitecondor
siteexplorer
siteguardian
siteindexed
sitemapgenerator
sitemonitor
siteshooter b0t
sitesnagger
sitesucker
sitetruth
sitevigil
sitexy.com
skypeuripreview
sli-systems.com
slider.com
slysearch
smartdownload
smrf url expander
smurlexpander
snapsearch
snarfer
sniffrss
sniptracker
snoopy
snowhaze search
sogou
sogou web
sortsite
sottopop
sovereign.ai
spamexperts
spammen
sparkler
spawning-ai
spaziodati
spdycheck
specificfeeds
speedcurve
speedkit
speng
spinn3r
splash
spray-can
sprinklr
spyonweb
sqlworm
sqworm
ssl labs
ssl-tools
stackrambler
statastico
statically-
statuscake
stratagems kumo
stroke.cz
studiofaca
suchen
sucuri
summify
supercleaner
superhttp
surphace scout
suzuran
swisscows favicons
symfony browserkit
symfony2 browserkit
syndirella
synhttpclient-built
synthetic
sysomos
sysscan
szukacz
t0phackteam
taringa ugc
tarmotgezgin
tchelebi.io
techiaith.cymru
telesoft
telesphoreo
telesphorep
tenon.io
teoma
terracotta
terrainformatica
test certificate info
testlocally
testuri
tetrahedron
textrazor downloader
the drop reaper
the expert html source viewer
the intraformant
the knowledge ai
theinternetrules
thenomad
thinklab
thumbshots
thumbsniper
timewe.net
tineye
tiny tiny rss
tlsprobe
toata
topster
touche.com
traackr.com
tracemyfile
trackuity
transcoder
trapitagent
trendiction
trendsmap
trendspottr
truwogps
tryjsoup
tulipchain
turingos
turnitin
tweetedtimes
tweetminster
tweezler
twikle
twingly
twisted pagegetter
typhoeus
ubermetrics-technologies
uclassify
udmsearch
ultimate_sitemap_parser
unchaos
undici
unirest-java
universalfeedparser
unshorten.it
unshortenit
untiny
unwindfetchor
updown.io daemon
upflow
uptimia
url verifier
url/emacs
urlcheckr
urlitor
urlresolver
urlstat
urltester
urltrends ranking updater
urly warning
urly.warning
vagabondo
validator
vb project
vbseo
via ggpht.com googleimageproxy
virtuoso
virusdie
visionutils
visual rights group
vkshare
voideye
voil
voltron
vsagent
vsb-tuo
vulnbusters meter
vyu2
w3af.org
w3c-checklink
w3c-mobileok
w3c_unicorn
wac-ofu
wakeletlinkexpander
wangling
wappalyzer
watchmouse
watchtowr
wbsrch
wdt.io
web auto
web collage
web downloader
web enhancer
web fetch
web fuck
web pix
web sauger
web spyder
web sucker
web-capture.net
web-sniffer
webalta
webauskunft
webauto
webcapture
webclient
webcollage
webcookies
webcopier
webcorp
webdatastats
webdoc
webenhancer
webfetch
webfuck
webgazer
webglance
webgo is
webimagecollector
webimages
webindex
webkit2png
webleacher
webmastercoffee
webmon
webpix
webreaper
websauger
webscreenie
webshag
webshot
website quester
websitepulse agent
websitequester
websnapr
websniffer
webstripper
websucker
webtech
webthumb
webthumbnail
webwhacker
webzio-extended
webzip
welikelinks
wepa
wesee
wfuzz
whatcms
whatsapp
whatsmyip
whatweb
whibse
whoapi
whorunscoinhive
whynder magnet
windows-rss-platform
winhttp-autoproxy-service
winpodder
wkhtmlto
wmtips
woko
wolfram httpclient
woorankreview
wordpress
wordupinfosearch
worldping-api
wotbox
wp engine install performance api
wp rocket
wpif
wprecon.com survey
wpscan
wscheck
wtrace
www-collector-e
www-mechanize
www.monitor.us
www::document
www::mechanize
wwwoffle
x09mozilla
x22mozilla
xaxissemanticsclassifier
xenforo
xenu link sleuth
xing-contenttabreceiver
xtate
yaanb
yacy
yahoo link preview
yahoocachesystem
yahoomailproxy
yahooysmcm
yak
yandeg
yandexadditional
yandexblogs
yandexcalendar
yandexdirect
yandexfavicons
yandeximages
yandexmarket
yandexmedia
yandexmetrika
yandexvideo
yandexwebmaster
yanga
yeti
ylt
yoleo consumer
yomins.com
yooglifetchagent
yottaamonitor
your-website-sucks
yourls.org
yoys.net
zabbix
zade
zapier
zauba
zemanta aggregator
zend_http_client
zermelo
znajdzfoto
znhttp
zombie.js
zoom.mac
zoterotranslationserver
zyborg
"""
