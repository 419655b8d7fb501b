# Makes cases.jsonl: directories of files, and what kustomize v5.8.2 prints for them. usage: mk.py OUT
import json, subprocess, tempfile, os, sys, base64
C=[]
def c(k, **files):
    f={'kustomization.yaml':k}
    for name,text in files.items(): f[name]=text
    C.append(f)
def g(k, files): f={'kustomization.yaml':k}; f.update(files); C.append(f)
CM='apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n'
SE='apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n'
lit=['a=b','a=','a="b"',"a='b'",'a="b','a=b"','a=\'b"','a=""','a="','a= b ','a=b=c','a=#x','a=1','a=true','a=null','a=~','a=0x1F','a=2001-01-01','a=yes','a=\\n','a=b\\nc','=b','a','','a b/c=d','a="\\"b\\""','a= "b"','a="b" ','"a"=b','a=é','a=😀','a=<&>','a=\u2028','export A=b','y=1','n=1','1=1','1.5=x','true=1','null=x','~=x','2001-01-01=x','0x1F=x','a.b-c_d=1','é=1','<<=x','a: b=c','- a=b','#a=b','a=a: b','a=[x]','a={x}','a=- x','a=*x','a=!x','a=%x','a=@x','a=x #y',"a=it's",'a=\'it\'\'s\'','a=""x""','a=\u00a0','a=\t','a=x\u0000','a=\u007f']
for l in lit:
    for kind in ('configMapGenerator','secretGenerator'):
        g(json.dumps({kind:[{'name':'c','literals':[l]}]},ensure_ascii=False),{})
for l in (['a=1','b=2'],['a=1','a=2'],['b=1','a=2','B=3','_=4','10=5'],['a=line1\nline2','b=line1\n','c=\n','d=\n\n','e= x\ny','f=x \ny','g=x\ty\nz'],['z=1','y=2','x=3']):
    for kind in ('configMapGenerator','secretGenerator'):
        g(json.dumps({kind:[{'name':'c','literals':l}]}),{})
# lengths of base64
for n in (0,1,2,3,50,51,52,53,54,103,104,105,106,157,158):
    g(json.dumps({'secretGenerator':[{'name':'s','literals':['k='+'x'*n]}]}),{})
env=['A=1\nB=2\n','A=1\nB=2','','\n\n','# c\nA=1\n','  A=1\n\tB=2\n','A = 1\n','A\n','A=\n','=x\nB=1\n',' =x\nB=1\n','A=1\r\nB=2\r\n','A=1\rB=2\n','A=1\r','A="q"\n',"A='q'\n",'export F=1\n','A=1 # c\n','A=x=y\n',' # c\nA=1','A=1\nA=2\n','\ufeffA=1\n','\ufeff\nA=1','A=1\n\ufeffB=2\n','\ufeff# c\nA=1','\u00a0A=1\n','\u2003A=1\n','\u0085A=1\n','\u200bA=1\n','A=é\n','A=1\n\n\nB=2\n\n','A= 1 \n','A\t=1\n','1=1\n','yes=1\n','A=\\n\n','A=${B}\n','\x0bA=1\n','\x0cA=1\n','A=x\x0b\n','A\x00=1\n','A=<>&\n','A=1\r\r\nB=2\n','#=1\n','A=#1\n','A#=1\n','A=1\n#','long='+'x'*65530+'\nB=2\n','long='+'x'*65531+'\nB=2\n','B=1\nlong='+'x'*65600+'\nC=2\n','long='+'x'*65529+'\r\nB=2\n','long='+'x'*65530+'\r\nB=2\n','long='+'x'*65531+'\r\nB=2\n','long='+'x'*65530,'long='+'x'*65531,'long='+'x'*65529+'\r']
for e in env:
    g('configMapGenerator: [{name: c, envs: [e.env]}]\n',{'e.env':e})
for e in ['A=1\nB=2\n','A=\n','A= x \n']:
    g('secretGenerator: [{name: s, env: e.env}]\n',{'e.env':e})
g('configMapGenerator: [{name: c, envs: [e.env]}]\n',{'e.env':{'b64':base64.b64encode(b'A=1\nB=\xff\n').decode()}})
g('configMapGenerator: [{name: c, envs: [e.env]}]\n',{'e.env':{'b64':base64.b64encode(b'A=1\n#\xff\n').decode()}})
g('configMapGenerator: [{name: c, envs: [e.env]}]\n',{'e.env':{'b64':base64.b64encode(b'A=1\nlong='+b'x'*66000+b'\nB=\xff\n').decode()}})
g('configMapGenerator: [{name: c, envs: [e.env]}]\n',{'e.env':{'b64':base64.b64encode('A=1\n'.encode('utf-16')).decode()}})
g('configMapGenerator: [{name: c, envs: [a.env, b.env], env: c.env, literals: [L=1], files: [F=a.env]}]\n',{'a.env':'A=1\n','b.env':'B=2\n','c.env':'C=3\n'})
g('configMapGenerator: [{name: c, envs: [a.env], literals: [A=1]}]\n',{'a.env':'A=1\n'})
g('configMapGenerator: [{name: c, files: [A=a.env], literals: [A=1]}]\n',{'a.env':'A=1\n'})
g('configMapGenerator: [{name: c, envs: [nope]}]\n',{})
content=['x','x\n','x\n\n','','\n','line1\nline2\n','a\r\nb\r\n','\ttab\n','trailing \nx\n',' lead\nx\n','{"a": 1}','key: value\n','é\n','😀\n','\ufeffbom\n','true','5','null','a'*200+'\n','word '*40+'\n','#!/bin/sh\necho "hi"\n','---\na: b\n','\x00','a\x07b\n','\x7f\n','<html>&amp;</html>\n','\u2028x\n','no newline\nat end','\n\nx','x\n\n\n', 'a: [1\n','"q"',"'q'",'a\u0085b','%x','\u00a0']
for t in content:
    for kind in ('configMapGenerator','secretGenerator'):
        g(kind+': [{name: c, files: [f.txt]}]\n',{'f.txt':t})
for b in (b'\xff',b'\xff\xfe',b'\xffhello'*2,b'\xff'*52,b'\xff'*53,b'\xff'*300,'x\n'.encode('utf-16'),bytes(range(256))):
    for kind in ('configMapGenerator','secretGenerator'):
        g(kind+': [{name: c, files: [f.bin, g=f.bin, t.txt]}]\n',{'f.bin':{'b64':base64.b64encode(b).decode()},'t.txt':'text\n'})
for f in ('d/f.txt','k=d/f.txt','./d/f.txt','d//f.txt','d/../d/f.txt','=d/f.txt','k=','=','','a=b=c','k==d/f.txt',' d/f.txt','k =d/f.txt','k= d/f.txt','d','k=d','nope.txt','1=d/f.txt','"k"=d/f.txt','a b=d/f.txt','d/f.txt/','/nope'):
    g(json.dumps({'configMapGenerator':[{'name':'c','files':[f]}]}),{'d/f.txt':'x\n'})
g('configMapGenerator: [{name: c, files: [a/f.txt, b/f.txt]}]\n',{'a/f.txt':'x','b/f.txt':'y'})
# names, types, options
for n in ('""','a','"5"','"true"','"1e3"','"null"','a/b','"a b"','é','"a\\nb"','"- a"','"a: b"'):
    g('configMapGenerator: [{name: %s, literals: [a=1]}]\n'%n,{})
    g('configMapGenerator: [{name: %s, namespace: %s, literals: [a=1], options: {disableNameSuffixHash: true}}]\n'%(n,n),{})
    g('secretGenerator: [{name: %s, type: %s}]\n'%(n,n),{})
g('configMapGenerator: [{name: c}]\n',{}); g('secretGenerator: [{name: c}]\n',{})
opts=['{}','{labels: {b: "1", a: "2"}}','{annotations: {b: "1", a: "2"}}','{labels: {a: "yes", b: "5", c: "", d: "~"}}','{labels: {"1": x}}','{labels: {"y": x, "no": z}}','{labels: {"": x}}','{annotations: {"": x}}','{immutable: true}','{immutable: false}','{disableNameSuffixHash: true}','{disableNameSuffixHash: false}','{labels: {a: x}, annotations: {b: z}, immutable: true, disableNameSuffixHash: true}','{labels: {a: "l1\\nl2"}}','{annotations: {a: "l1\\nl2"}}', '{labels: {}}']
for o in opts:
    for kind in ('configMapGenerator','secretGenerator'):
        g('%s: [{name: c, literals: [a=1], options: %s}]\n'%(kind,o),{})
    g('generatorOptions: %s\nconfigMapGenerator: [{name: c, literals: [a=1]}]\n'%o,{})
    g('generatorOptions: %s\nconfigMapGenerator: [{name: c, literals: [a=1], options: {labels: {a: own, own: x}, annotations: {a: own}, immutable: false, disableNameSuffixHash: false}}]\n'%o,{})
# behaviours against a plain object
for b in ('','create','merge','replace','Merge','unknown'):
    bb=', behavior: %s'%b if b else ''
    for d in ('hash: {}','disable'):
        o=', options: {disableNameSuffixHash: true}' if d=='disable' else ''
        g('resources: [r.yaml]\nconfigMapGenerator: [{name: c, literals: [a=1, n=2]%s%s}]\n'%(bb,o),{'r.yaml':CM+'data: {a: old, k: keep}\n'})
        g('configMapGenerator: [{name: c, literals: [a=0, k=keep]}, {name: c, literals: [a=1, n=2]%s%s}]\n'%(bb,o),{})
        g('configMapGenerator: [{name: c, literals: [a=0, k=keep]%s}, {name: c, literals: [a=1, n=2]%s}]\n'%(o,bb),{})
    g('configMapGenerator: [{name: c, literals: [a=1]%s}]\n'%bb,{})
    g('secretGenerator: [{name: s, literals: [a=1]}, {name: s, literals: [b=1]%s}]\n'%bb,{})
    g('secretGenerator: [{name: c, literals: [a=1]}]\nconfigMapGenerator: [{name: c, literals: [b=1]%s}]\n'%bb,{})
datas=['data: {a: 0777, b: yes, c: null, d: "q", e: 1.50, f: ~, g: true, h: 2001-01-01, i: 0x1F}','data: {}','data:','data: null','data: foo','data: [a]','binaryData: {b: aGVsbG8=}','data: {k: x}\nbinaryData: {a: aGVsbG8=}','data: {a: {b: c}, l: [1]}','data:\n  a: |\n    l1\n    l2\n  b: "l1\\nl2"\n  f: >\n    folded\n    text\n','immutable: true\ndata: {k: x}','data: {"1": x}','data: {1: x}','data: {"": x}','data: {k: x, k: y}','foo: bar\ndata: {k: x}','data: {"y": x, "null": y}','data: {k: "😀"}','data: {k: !!str 5, l: !!int "5", m: !foo z}','data: {<<: {m: n}, k: x}','x: &x {m: n}\ndata: *x','data: {k: "a: b", l: "# c", m: " 5 ", o: "x "}','stringData: {a: b}']
for d in datas:
    for b in ('merge','replace'):
        g('resources: [r.yaml]\nconfigMapGenerator: [{name: c, behavior: %s, literals: [a=new, n=2]}]\n'%b,{'r.yaml':CM+d+'\n'})
    g('resources: [r.yaml]\nconfigMapGenerator: [{name: c, behavior: merge}]\n',{'r.yaml':CM+d+'\n'})
    g('resources: [r.yaml]\nsecretGenerator: [{name: s, behavior: merge, literals: [a=new]}]\n',{'r.yaml':SE+d+'\n'})
for d in ['stringData: {a: b}','stringData: {a: b}\ndata: {a: b2xk, k: a2VlcA==}','stringData: {a: 5, b: true, c: null, d: ~, e: 0777}','stringData: {a: {b: c}}','stringData: {a: [b]}','stringData: foo','stringData: []','stringData: {}','stringData:','stringData: null\ndata: {k: a2VlcA==}','stringData: {x: y}\ndata: foo','stringData: {x: y}\ndata: null','stringData: {x: y}\ndata: [a]','stringData: {}\ndata: foo','stringData: {x: "%s"}'%('y'*60),'stringData: {k: a, k: b}','type: kubernetes.io/tls\ndata: {k: a2VlcA==}','type: kubernetes.io/tls\nstringData: {k: v}','immutable: true\nstringData: {"": v}','stringData: {1: a}','stringData: {a: !!binary aGk=}']:
    for b in ('merge','replace'):
        g('resources: [r.yaml]\nsecretGenerator: [{name: s, behavior: %s, literals: [a=new, n=2]}]\n'%b,{'r.yaml':SE+d+'\n'})
    g('resources: [r.yaml]\nsecretGenerator: [{name: s, behavior: merge}]\n',{'r.yaml':SE+d+'\n'})
metas=['labels: {a: x, k: "y"}','annotations: {a: x, k: "y"}','labels: {a: 5, b: yes, c: null, d: ~, e: 0777}','annotations: {a: "5", b: "yes"}','labels: {}','labels:','annotations: {}','annotations:','labels: {a: x}\n  annotations: {b: z}\n  finalizers: [f]\n  creationTimestamp: null','labels: {a: {b: c}}','labels: foo','labels: {a: x, a: z}','namespace: ns','namespace: default','namespace: ""','namespace: null','generateName: g','labels: {a: "l1\\nl2"}','labels: {"1": x}']
for m in metas:
    for b in ('merge','replace'):
        g('resources: [r.yaml]\nconfigMapGenerator: [{name: c, behavior: %s, literals: [n=2], options: {labels: {a: new, z: w}, annotations: {a: new, z: w}}}]\n'%b,{'r.yaml':CM+'  '+m+'\ndata: {k: x}\n'})
    g('resources: [r.yaml]\nconfigMapGenerator: [{name: c, behavior: merge, literals: [n=2]}]\n',{'r.yaml':CM+'  '+m+'\ndata: {k: x}\n'})
for n1,n2 in (('','default'),('default',''),('ns',''),('','ns'),('ns','ns'),('ns','default'),('"5"','"5"')):
    a='  namespace: %s\n'%n1 if n1 else ''
    b=', namespace: %s'%n2 if n2 else ''
    for beh in ('merge','replace','create'):
        g('resources: [r.yaml]\nconfigMapGenerator: [{name: c, behavior: %s, literals: [n=2]%s}]\n'%(beh,b),{'r.yaml':CM+a+'data: {k: x}\n'})
g('resources: [r.yaml]\nconfigMapGenerator: [{name: c, behavior: merge, literals: [n=2]}]\n',{'r.yaml':CM.replace('v1','v2')+'data: {k: x}\n'})
g('resources: [r.yaml]\nconfigMapGenerator: [{name: c, behavior: merge, literals: [n=2]}]\n',{'r.yaml':CM.replace('v1','x/v1')+'data: {k: x}\n'})
g('resources: [r.yaml]\nconfigMapGenerator: [{name: "5", behavior: merge, literals: [n=2]}]\n',{'r.yaml':CM.replace('name: c','name: "5"')+'data: {k: x}\n'})
g('resources: [r.yaml]\nconfigMapGenerator: [{name: "5", behavior: merge, literals: [n=2]}]\n',{'r.yaml':CM.replace('name: c','name: 5')+'data: {k: x}\n'})
# a base with a prefix and a namespace
for base in ('namePrefix: p-\n','namespace: ns\n','namePrefix: p-\nnamespace: ns\n','namePrefix: "1"\n','namespace: "5"\n'):
    for nm in ('c','p-c','1c','e3'):
        for ns in ('','ns','default'):
            for beh in ('merge','replace','create'):
                if beh!='merge' and (nm in('1c','e3') or ns=='default'): continue
                n=', namespace: %s'%ns if ns else ''
                g('resources: [b]\nconfigMapGenerator: [{name: %s, behavior: %s, literals: [n=2]%s, options: {disableNameSuffixHash: true}}]\n'%(nm,beh,n),{'b/kustomization.yaml':base+'configMapGenerator: [{name: c, literals: [k=x]}, {name: e3, literals: [k=y]}]\n'})
    g('resources: [b]\nconfigMapGenerator: [{name: c, behavior: merge, literals: [n=2]}]\n',{'b/kustomization.yaml':base+'configMapGenerator: [{name: c, literals: [k=x]}]\n'})
    g('resources: [b]\nsecretGenerator: [{name: c, behavior: merge, type: t, literals: [n=2]}]\n',{'b/kustomization.yaml':base+'secretGenerator: [{name: c, type: old, literals: [k=x], options: {immutable: true, labels: {l: m}}}]\n'})
rows=[]
for files in C:
    with tempfile.TemporaryDirectory() as d:
        d=os.path.join(d,'k'); os.mkdir(d)
        for name,text in files.items():
            p=os.path.join(d,name); os.makedirs(os.path.dirname(p),exist_ok=True)
            data=text.encode('utf-8','surrogatepass') if isinstance(text,str) else base64.b64decode(text['b64'])
            if name=='kustomization.yaml' : data=data+(b'' if data.endswith(b'\n') else b'\n')+b'sortOptions: {order: fifo}\n' if not data.startswith(b'{') else data[:-1]+b', "sortOptions": {"order": "fifo"}}'
            if name=='kustomization.yaml': files[name]=data.decode()
            open(p,'wb').write(data)
        r=subprocess.run(['kustomize','build',d],capture_output=True)
        row={'files':files}
        if r.returncode: row['error']=r.stderr.decode('utf-8','replace').replace(d,'DIR')[:400]
        else: row['output']=r.stdout.decode()
        rows.append(row)
with open(sys.argv[1],'w') as f:
    for r in rows: f.write(json.dumps(r,ensure_ascii=False)+'\n')
print(len(rows), sum('error' in r for r in rows))
