"""Skills that the reader knows by name: their usual spelling, other spellings, and what kind they are."""

from __future__ import annotations

# One skill per piece: usual name, then other spellings after "=". A trailing "!": only in this very case.
_TECHNICAL = (
    "Python|Java|JavaScript=java script|TypeScript|C++=cpp|C#=c sharp|Go!=golang|Rust!|Ruby!|PHP|Perl|Scala"
    "|Kotlin|Swift!|Objective-C|R!|C!|MATLAB=mat lab"
    "|Julia!|Haskell|Elixir!|Erlang|Clojure|Dart!|Groovy|Lua!|VBA|VBScript|Visual Basic=vb|VB.NET|COBOL"
    "|Fortran|ABAP|PL/SQL=pl sql|T-SQL=tsql|SQL|NoSQL|HTML=html5|CSS=css3|XML"
    "|JSON|YAML|Bash!|Shell Scripting=shell script,shell scripts|PowerShell|Assembly!|CUDA|OpenCL|Verilog"
    "|VHDL|SystemVerilog|Solidity"
    "|React!=react.js,reactjs|React Native|Angular=angularjs,angular.js|Vue.js=vue,vuejs|Svelte"
    "|Next.js=nextjs|Node.js=nodejs,node js|Express.js=expressjs|jQuery|Bootstrap!"
    "|Tailwind CSS=tailwind|Django|Flask|FastAPI|Spring Boot|Spring!=spring framework,spring mvc|Hibernate!"
    "|Struts|ASP.NET=asp.net mvc,asp.net core|ASP!|.NET=dot net,.net core,.net framework|Ruby on"
    " Rails=rails"
    "|Laravel|Symfony|GraphQL|REST APIs=rest api,restful apis,restful,rest|SOAP!|gRPC|WebSockets=websocket"
    "|WebGL|OAuth|Microservices=microservice,microservices architecture|Event-driven Systems=event-driven"
    " architecture"
    "|Distributed Systems|Object-Oriented Programming=oop,object oriented programming|Design Patterns|Data"
    " Structures|Algorithms=algorithm|API Design|System Design|Multithreading"
    "|Machine Learning|Deep Learning|Natural Language Processing=nlp|Computer Vision|Reinforcement Learning"
    "|Neural Networks|Data Mining|Data Analysis=data analytics|Data Science"
    "|Data Engineering|Data Modeling=data modelling|Data Warehousing=data warehouse,data warehouses|Data"
    " Visualization=data visualisation|Statistical Analysis=statistical modeling|Statistics|ETL|Big Data"
    "|Business Intelligence"
    "|Cloud Computing|DevOps|CI/CD=ci cd,continuous integration|Infrastructure as Code|Serverless|Site"
    " Reliability Engineering|Observability|Database Optimization|Database Design|Query Optimization"
    "|Unit Testing|Test Automation=automated testing|Manual Testing|Regression Testing|Functional Testing"
    "|Performance Testing|Software Testing|Test-Driven Development=tdd|Quality Assurance=qa"
    "|Embedded Systems|Firmware|Robotics|Computer Graphics|Blockchain|Cybersecurity=cyber security"
    "|Penetration Testing|Network Security|Networking|TCP/IP|DNS|DHCP|VPN|LAN|WAN|Cryptography"
    "|HPLC|GC!|PCR|ELISA|Cell Culture|Western Blot|Flow Cytometry|Mass Spectrometry|Spectroscopy"
    "|Chromatography|ECMO|CAD|CAM!|CNC|PLC!|SCADA|VFD!|Finite Element Analysis=fea|3D Modeling=3d modelling"
    "|Welding|Soldering|Circuit Design|PCB Design|Power Electronics|Signal Processing|Control Systems|HVAC"
    "|Feature Flags|A/B Testing=a/b tests|Web Development|Mobile Development|Software Development"
    "|Full Stack Development|Application Development|Web Design|UI Design|UX Design=user experience"
    "|UI/UX=ux/ui|Responsive Design|Game Development|Distributed Training|Model Compression|Software"
    " Architecture"
)
_TOOL = (
    "AWS=amazon web services|Azure=microsoft azure|Google Cloud=gcp,google cloud platform|Docker"
    "|Kubernetes=k8s|Terraform|Ansible|Puppet!|Chef!|Jenkins|GitLab=gitlab ci|GitHub Actions|CircleCI|Git"
    "|GitHub|Subversion=svn|Mercurial!"
    "|Linux|Unix|Windows Server|Windows|macOS=mac os|Ubuntu|Apache Spark=spark!,pyspark|Apache Kafka=kafka"
    "|Apache Airflow=airflow|Apache Flink=flink|Hadoop|Hive!|Databricks=azure databricks|Snowflake!"
    "|BigQuery|Redshift|dbt"
    "|PostgreSQL=postgres|MySQL|SQLite|Oracle Database=oracle db,oracle 9i,oracle 10g,oracle 11g|Oracle!"
    "|Microsoft SQL Server=sql server,ms sql,mssql|MongoDB|Redis|Cassandra|DynamoDB|Elasticsearch=elastic"
    " search|Neo4j|MariaDB|Microsoft Access=ms access"
    "|RabbitMQ|Celery|Nginx|Apache!=apache http|Tomcat|WebLogic|WebSphere|IIS!|TensorFlow|PyTorch|Keras|JAX"
    "|Triton|ONNX|Ray!|scikit-learn=sklearn|pandas|NumPy|SciPy|Matplotlib|OpenCV|Hugging Face|LangChain"
    "|XGBoost|spaCy|NLTK"
    "|Tableau|Power BI=powerbi|Looker|QlikView=qlik,qlik sense|SSIS|SSRS|SSAS|Informatica|Talend|Alteryx"
    "|SAS!|SPSS|Stata|Minitab|Excel!=microsoft excel,ms excel|Microsoft Word=ms word|PowerPoint=microsoft"
    " powerpoint,ms powerpoint|Microsoft Office=ms office,office suite,microsoft office suite"
    "|Microsoft 365=office 365,o365|Outlook!|Google Workspace=g suite|SharePoint|Microsoft Teams|Slack!"
    "|Zoom!|Jira|Confluence|Trello|Asana|Notion!|Microsoft Project=ms project|Visio"
    "|Salesforce=salesforce.com|HubSpot|Marketo|Zendesk|ServiceNow|Dynamics 365"
    "|SAP|SAP QM|SAP MM|SAP SD|SAP FI|SAP S/4HANA=s/4hana,sap hana|DATEV|QuickBooks|Xero|Sage!|NetSuite"
    "|Workday|PeopleSoft|Photoshop=adobe photoshop|Illustrator!=adobe illustrator|InDesign=adobe indesign"
    "|Adobe Creative Suite=adobe creative cloud|After Effects|Premiere Pro"
    "|Figma!|Sketch!|Adobe XD|Canva|Blender!|AutoCAD|SolidWorks|CATIA|Revit|ArcGIS|QGIS|LabVIEW|Simulink"
    "|Ansys|WordPress|Drupal|Joomla|Shopify|Magento|Google Analytics|Google Ads=adwords|SEMrush|Mailchimp"
    "|Hootsuite"
    "|Selenium=selenium webdriver|Cypress|JUnit|TestNG|pytest|Postman|SoapUI|LoadRunner|JMeter|QTP|HP"
    " Quality Center=quality center,hp alm|Cucumber!|Maven|Gradle|npm|Webpack|Xcode|Android Studio|Visual"
    " Studio|VS Code|Eclipse!|IntelliJ IDEA=intellij"
    "|Grafana|Prometheus|Splunk|Datadog|New Relic|PagerDuty|Sentry!|Kibana|Logstash|VMware|Hyper-V|Citrix"
    "|Active Directory|Cisco!|Wireshark|PuTTY=putty|FileZilla=filezilla|Android|iOS|AWS Lambda=lambda!"
    "|Amazon S3=s3!|Amazon ECS=ecs!|Amazon RDS=rds!|Amazon EC2=ec2|Veeva Vault=veeva"
    "|Xamarin|Unity!|Unreal Engine|Arduino|Raspberry Pi|FreeRTOS|ROS!|LaTeX|Event Hubs|Azure DevOps|Power"
    " Apps|Power Automate|UiPath|MicroStrategy|Cognos|Teradata|Bloomberg|Lotus Notes|FANUC|Allen Bradley"
)
_DOMAIN = (
    "Project Management|Product Management|Program Management|Agile=agile methodologies,agile"
    " methodology,agile development|Scrum|Kanban|SAFe!|Lean!|Six Sigma=lean six sigma|Waterfall|ITIL"
    "|PRINCE2|SDLC=software development life cycle|Business Analysis|Requirements Analysis"
    "|Strategic Planning|Business Development|Change Management|Risk Management|Stakeholder Management"
    "|Vendor Management|Supply Chain Management=supply chain|Logistics|Procurement|Inventory Management"
    "|Operations Management|Process Improvement"
    "|Accounting|Bookkeeping|Auditing|Taxation|Payroll|Financial Analysis|Financial Modeling=financial"
    " modelling|Financial Reporting|Budgeting|Forecasting|Investment Banking|Portfolio Management|Risk"
    " Analysis|IFRS|GAAP"
    "|Marketing|Digital Marketing|Social Media Marketing=social media|Content Marketing|Email Marketing|SEO"
    "|SEM!|Market Research|Brand Management|Public Relations|Copywriting|Event Management|Sales|Sales"
    " Management|Account Management|Lead Generation|CRM|E-Commerce"
    "|Customer Service|Customer Support|Technical Support|Help Desk|Human Resources|Recruitment=recruiting"
    "|Talent Acquisition|Performance Management|Employee Relations|Training and Development|Labour Law"
    "|Contract Negotiation"
    "|Nursing|Patient Care|Critical Care|Intensive Care|First Aid|CPR!|Pharmacology|Clinical Trials"
    "|Clinical Research|GMP|GLP|GCP!|CAPA|Audit Management|Quality Management|Qualitätsmanagement"
    "|Regulatory Affairs|Triage=triaje|Mechanical Ventilation=ventilación mecánica"
    "|Hemofiltration=hemofiltración|Advanced Life Support=sva!,acls"
    "|Teaching|Curriculum Development|Lesson Planning|Research|Public Policy|International Relations|Grant"
    " Writing|Data Protection=gdpr,dsgvo|Compliance|Employment Law|Commercial Law|Litigation|Intellectual"
    " Property|Legal Research"
    "|Construction|Health and Safety|Food Safety|HACCP|Hospitality|Retail|Merchandising|Graphic Design"
    "|Photography|Video Editing|Journalism|Editing|Proofreading|Translation|Interpreting|Technical Writing"
)
_SOFT = (
    "Communication=communication skills,kommunikation,comunicación|Leadership=leadership"
    " skills,führung,liderazgo,executive leadership|Teamwork=team work,team player,teamfähigkeit,trabajo en"
    " equipo|Problem Solving=problem-solving|Critical Thinking|Analytical Skills=analytical"
    " thinking,analytical|Time Management"
    "|Organization=organizational skills,organisational skills,organisation|Adaptability"
    "|Flexibility=flexible|Creativity|Negotiation|Presentation Skills=presentations|Public Speaking"
    "|Interpersonal Skills=interpersonal|Decision Making=decision-making|Conflict Resolution|Mentoring"
    "|Coaching|Attention to Detail=eye for detail|Multitasking|Self-motivated=self motivated"
    "|Hard-working=hard working|Reliability=zuverlässigkeit"
    "|Empathy=empatía|Customer Focus|Emotional Intelligence|Work Ethic|Collaboration|Delegation"
    "|Persuasion=persuasive|Motivation|Belastbarkeit|Eigeninitiative|Networking Skills"
)


def _entries() -> dict[str, tuple[str, str, str]]:
    """Folded spelling -> (usual name, category, the only accepted spelling or "")."""
    known: dict[str, tuple[str, str, str]] = {}
    for category, text in (("technical", _TECHNICAL), ("tool", _TOOL), ("domain", _DOMAIN), ("soft", _SOFT)):
        for piece in text.split("|"):
            first, _, others = piece.partition("=")
            name = first.rstrip("!")
            known[name.casefold()] = (name, category, name if first.endswith("!") else "")
            for other in filter(None, others.split(",")):
                spelling = other.rstrip("!")
                strict = spelling.capitalize() if other.endswith("!") else ""
                known[spelling.casefold()] = (name, category, strict if len(spelling) > 3 else strict.upper())
    return known


KNOWN_SKILLS = _entries()
MAX_WORDS = max(len(spelling.split()) for spelling in KNOWN_SKILLS)

SECTORS: tuple[tuple[str, str], ...] = (
    ("Pharmaceuticals", r"pharma\w*|\bgmp\b|drug development"),
    (
        "Healthcare",
        r"hospital|nurs(?:e|ing)|clinic(?:al)?\b|patients?\b|health\s?care|\buci\b|enfermer[ao]|krankenhaus"
        r"|pflege|medical",
    ),
    (
        "Banking & Finance",
        r"\bbank(?:ing)?\b|investment|derivatives|\bfintech\b|financial services|sparkasse|asset management"
        r"|payments?\b|trading\b",
    ),
    ("Insurance", r"insurance|versicherung|seguros"),
    ("Retail & E-Commerce", r"\bretail\b|e-?commerce|supermarket|\bstores\b|einzelhandel|comercio"),
    (
        "Software & IT",
        r"software|\bsaas\b|developer|devops|cloud|data engineer|entwickler|web development|information"
        r" technology",
    ),
    ("Automotive", r"automotive|automobil\w*|vehicles?\b|fahrzeug|motors\b"),
    ("Education", r"\bteach(?:er|ing)\b|school\b|students\b|curriculum\b|lehrer|docente|profesor"),
    (
        "Academia & Research",
        r"professor|postdoc\w*|university\b|research (?:assistant|fellow|scientist)|wissenschaftlich",
    ),
    ("Telecommunications", r"telecom\w*|\b5g\b|\bss7\b|mobile network|telekommunikation"),
    ("Manufacturing", r"manufactur\w*|production line|fertigung|producción|assembly line|maschinenbau"),
    ("Chemicals", r"chemi(?:e|cals|cal industry)|petrochem\w*"),
    ("Energy & Utilities", r"renewable|solar|wind farm|oil and gas|\benergy\b|energie|utilities"),
    (
        "Construction & Real Estate",
        r"construction|real estate|bauleit\w*|building site|construcción|immobilien",
    ),
    ("Hospitality & Tourism", r"\bhotel\b|restaurant|hospitality|tourism|gastronomie|hostelería"),
    ("Media & Publishing", r"journalis\w*|newspaper|publishing|broadcast|editor\b|verlag"),
    ("Marketing & Advertising", r"advertis\w*|marketing (?:agency|campaigns?)|werbung"),
    ("Logistics & Transport", r"logisti(?:cs|k)|warehouse\b|freight|shipping|spedition|supply chain"),
    (
        "Public Sector",
        r"government|ministry|public sector|municipal|ayuntamiento|behörde|european commission|council of",
    ),
    ("Non-profit", r"\bngo\b|non-?profit|charity|foundation\b|stiftung"),
    ("Legal", r"law firm|solicitor|attorney|litigation|kanzlei|rechtsanw\w*|abogad[oa]"),
    ("Consulting", r"consulting|consultanc\w*|beratung\b"),
    ("Defence & Security", r"\barmy\b|\bnavy\b|military|defen[cs]e|bundeswehr"),
    (
        "Artificial Intelligence",
        r"machine learning|artificial intelligence|deep learning|\bml\b (?:research|infrastructure)"
        r"|foundation model",
    ),
)
