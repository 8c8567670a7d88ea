/** The page's own style sheet. Text on its ground has at least 4.5:1 in both schemes. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--sunken:#f4f7f8;--ink:#12242b;--soft:#4b5e66;--line:#d2dcdf;--accent:#0b5c69;--code:#0b1d23;--code-ink:#dcebee;--bad:#85231a;--get:#0b5c69;--post:#5a4100;--get-ground:#dff0f1;--post-ground:#fbf0d3}
@media(prefers-color-scheme:dark){:root{--ground:#0d161b;--sunken:#142028;--ink:#e3ecee;--soft:#9fb2b9;--line:#293a43;--accent:#6fd3ca;--code:#081014;--code-ink:#d4e4e8;--bad:#f5b7af;--get:#8fe0d8;--post:#f0d391;--get-ground:#12343a;--post-ground:#352b12}}
*{box-sizing:border-box}
html{scroll-padding-top:1.5rem}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
code,pre{font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
p code,dd code,td code,summary code{background:var(--sunken);border:1px solid var(--line);border-radius:.25rem;padding:.05em .3em;overflow-wrap:anywhere}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:1rem;z-index:1;background:var(--ground);padding:.5rem 1rem}
.page{display:grid;grid-template-columns:17rem minmax(0,1fr);max-width:90rem;margin:0 auto}
nav{position:sticky;top:0;align-self:start;height:100vh;overflow-y:auto;padding:2rem 1.25rem;border-right:1px solid var(--line);font-size:.875rem}
nav .brand{font-size:1.125rem;font-weight:650;margin:0 0 1.25rem}
nav h2{margin:1.5rem 0 .25rem;font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft)}
nav ul{list-style:none;margin:0;padding:0}
nav a{display:flex;gap:.5rem;align-items:baseline;padding:.3rem .5rem;border-radius:.375rem;color:var(--ink);text-decoration:none}
nav a:hover{background:var(--sunken);color:var(--accent)}
main{min-width:0;padding:2rem clamp(1rem,3vw,3rem) 6rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem;letter-spacing:-.02em}
h2{font-size:1.375rem;line-height:1.3;margin:0 0 .25rem;letter-spacing:-.01em}
h3{font-size:.8125rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:1.75rem 0 .25rem}
.lead{font-size:1.125rem;color:var(--soft);max-width:44rem;margin:0}
section{padding:2.5rem 0;border-bottom:1px solid var(--line)}
section>p,section header p{max-width:44rem}
.address{margin:.25rem 0 .5rem;font-size:1rem;overflow-wrap:anywhere}
.method{display:inline-block;font:650 .6875rem/1.5 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;letter-spacing:.04em;padding:.1rem .4rem;border-radius:.25rem;color:var(--get);background:var(--get-ground)}
.method.post{color:var(--post);background:var(--post-ground)}
nav .method{font-size:.625rem;flex:none;width:2.75rem;text-align:center;padding:.05rem 0}
.columns{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,26rem);gap:2.5rem;align-items:start}
.examples{position:sticky;top:1.5rem;margin-top:1.75rem;max-height:calc(100vh - 3rem);overflow-y:auto}
section>figure{max-width:44rem}
.fields{margin:0}
.field{padding:.75rem 0;border-top:1px solid var(--line)}
.field:first-child{border-top:0}
.field dt{overflow-wrap:anywhere}
.field dd{margin:0}
.field dd p{margin:.15rem 0;color:var(--soft);font-size:.9375rem}
.name{font-weight:650;font-size:.9375rem}
.type{color:var(--soft);font-size:.8125rem;margin-left:.25rem}
.required,.deprecated{font-size:.75rem;font-weight:600;color:var(--bad);margin-left:.25rem}
.fact{display:inline-block;font-size:.8125rem;color:var(--soft);margin-right:1rem}
.note{font-size:.875rem;color:var(--soft)}
details{margin:.5rem 0}
details .fields{border-left:2px solid var(--line);padding-left:1rem;margin:.5rem 0 0}
summary{cursor:pointer;color:var(--accent);font-size:.875rem;width:fit-content}
figure{margin:0 0 1rem}
figcaption{font-size:.75rem;font-weight:600;color:var(--soft);margin-bottom:.25rem}
pre{margin:0;padding:.875rem 1rem;border-radius:.5rem;background:var(--code);color:var(--code-ink);overflow-x:auto;line-height:1.55;max-height:26rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.875rem;margin-top:.5rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
th{font-size:.75rem;color:var(--soft)}
@media(max-width:75rem){.columns{grid-template-columns:minmax(0,1fr);gap:1rem}.examples{position:static;margin-top:0;max-height:none}}
@media(max-width:52rem){.page{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line);padding:1.25rem 1rem}nav ul{columns:2;column-gap:.5rem}nav li{break-inside:avoid}h1{font-size:1.625rem}section{padding:2rem 0}}
@media(max-width:30rem){nav ul{columns:1}}
@media print{nav{display:none}.page{display:block}pre{white-space:pre-wrap;max-height:none}}
`;
