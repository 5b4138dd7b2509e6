/** The same small story told in many languages and scripts, by us. */
export const paragraphsByLanguage: Readonly<Record<string, string>> = {
  english:
    "Every morning the baker opens his shop at six o'clock. The whole street smells of fresh bread, and the first customers are already waiting at the door. Last winter the river rose so high that the water stood in the cellar for three days. The neighbours helped him to carry the flour upstairs, and nobody asked for money. Since then he has given every child in the street a roll on the first day of school. He says that a town is only as good as the people who help each other when it rains.",
  german:
    "Jeden Morgen öffnet der Bäcker seinen Laden um sechs Uhr. Die ganze Straße riecht nach frischem Brot, und die ersten Kunden warten schon vor der Tür. Im letzten Winter stieg der Fluss so hoch, dass das Wasser drei Tage lang im Keller stand. Die Nachbarn halfen ihm, das Mehl nach oben zu tragen, und niemand verlangte Geld dafür. Seitdem schenkt er jedem Kind in der Straße am ersten Schultag ein Brötchen. Er sagt, eine Stadt sei nur so gut wie die Menschen, die einander helfen, wenn es regnet.",
  french:
    "Chaque matin, le boulanger ouvre sa boutique à six heures. Toute la rue sent le pain frais, et les premiers clients attendent déjà devant la porte. L'hiver dernier, la rivière est montée si haut que l'eau est restée trois jours dans la cave. Les voisins l'ont aidé à porter la farine à l'étage, et personne n'a demandé d'argent. Depuis, il offre un petit pain à chaque enfant de la rue le jour de la rentrée. Il dit qu'une ville ne vaut que par les gens qui s'entraident quand il pleut.",
  spanish:
    "Todas las mañanas el panadero abre su tienda a las seis. Toda la calle huele a pan recién hecho y los primeros clientes ya esperan en la puerta. El invierno pasado el río creció tanto que el agua se quedó tres días en el sótano. Los vecinos le ayudaron a subir la harina y nadie pidió dinero. Desde entonces regala un panecillo a cada niño de la calle el primer día de colegio. Dice que una ciudad solo es tan buena como la gente que se ayuda cuando llueve.",
  polish:
    "Każdego ranka piekarz otwiera swój sklep o szóstej. Cała ulica pachnie świeżym chlebem, a pierwsi klienci czekają już przed drzwiami. Zeszłej zimy rzeka podniosła się tak wysoko, że woda stała w piwnicy przez trzy dni. Sąsiedzi pomogli mu wynieść mąkę na górę i nikt nie chciał pieniędzy. Od tamtej pory daje każdemu dziecku z ulicy bułkę w pierwszy dzień szkoły. Mówi, że miasto jest tylko tak dobre jak ludzie, którzy pomagają sobie, kiedy pada deszcz.",
  turkish:
    "Fırıncı her sabah dükkânını saat altıda açar. Bütün sokak taze ekmek kokar ve ilk müşteriler kapıda beklemeye başlamıştır bile. Geçen kış nehir o kadar yükseldi ki su üç gün boyunca bodrumda kaldı. Komşular unu yukarı taşımasına yardım etti ve kimse para istemedi. O günden beri okulun ilk gününde sokaktaki her çocuğa bir çörek verir. Bir şehrin ancak yağmur yağdığında birbirine yardım eden insanlar kadar iyi olduğunu söyler.",
  vietnamese:
    "Mỗi buổi sáng người thợ làm bánh mở cửa hàng lúc sáu giờ. Cả con phố thơm mùi bánh mì mới, và những người khách đầu tiên đã đứng chờ trước cửa. Mùa đông năm ngoái nước sông dâng cao đến mức hầm nhà bị ngập suốt ba ngày. Hàng xóm giúp ông khiêng bột lên lầu và không ai đòi tiền. Từ đó, vào ngày tựu trường ông tặng mỗi đứa trẻ trong phố một chiếc bánh nhỏ. Ông nói một thành phố chỉ tốt bằng những con người biết giúp nhau khi trời mưa.",
  russian:
    "Каждое утро пекарь открывает свою лавку в шесть часов. Вся улица пахнет свежим хлебом, и первые покупатели уже ждут у двери. Прошлой зимой река поднялась так высоко, что вода три дня стояла в подвале. Соседи помогли ему перенести муку наверх, и никто не попросил денег. С тех пор в первый школьный день он дарит каждому ребёнку на улице булочку. Он говорит, что город хорош лишь настолько, насколько хороши люди, которые помогают друг другу, когда идёт дождь.",
  ukrainian:
    "Щоранку пекар відчиняє свою крамницю о шостій годині. Уся вулиця пахне свіжим хлібом, і перші покупці вже чекають біля дверей. Минулої зими річка піднялася так високо, що вода три дні стояла в підвалі. Сусіди допомогли йому винести борошно нагору, і ніхто не просив грошей. Відтоді першого шкільного дня він дарує кожній дитині з вулиці булочку. Він каже, що місто добре лише настільки, наскільки добрі люди, які допомагають одне одному, коли йде дощ.",
  greek:
    "Κάθε πρωί ο φούρναρης ανοίγει το μαγαζί του στις έξι. Όλος ο δρόμος μυρίζει φρέσκο ψωμί και οι πρώτοι πελάτες περιμένουν ήδη στην πόρτα. Τον περασμένο χειμώνα το ποτάμι ανέβηκε τόσο ψηλά που το νερό έμεινε τρεις μέρες στο υπόγειο. Οι γείτονες τον βοήθησαν να ανεβάσει το αλεύρι και κανείς δεν ζήτησε χρήματα. Από τότε χαρίζει σε κάθε παιδί του δρόμου ένα ψωμάκι την πρώτη μέρα του σχολείου. Λέει ότι μια πόλη είναι τόσο καλή όσο οι άνθρωποι που βοηθούν ο ένας τον άλλον όταν βρέχει.",
  arabic:
    "يفتح الخباز دكانه كل صباح في الساعة السادسة. تفوح رائحة الخبز الطازج في الشارع كله، ويقف الزبائن الأوائل أمام الباب منتظرين. في الشتاء الماضي ارتفع النهر حتى بقي الماء في القبو ثلاثة أيام. ساعده الجيران على حمل الطحين إلى الطابق العلوي، ولم يطلب أحد مالا. ومنذ ذلك الحين يهدي كل طفل في الشارع رغيفا صغيرا في أول يوم من المدرسة. ويقول إن المدينة لا تكون جيدة إلا بقدر الناس الذين يساعد بعضهم بعضا عندما ينزل المطر.",
  persian:
    "نانوا هر روز صبح ساعت شش مغازه‌اش را باز می‌کند. تمام خیابان بوی نان تازه می‌دهد و نخستین مشتری‌ها پشت در منتظرند. زمستان گذشته رودخانه چنان بالا آمد که آب سه روز در زیرزمین ماند. همسایه‌ها کمک کردند تا آرد را بالا ببرد و هیچ‌کس پولی نخواست. از آن پس در نخستین روز مدرسه به هر کودکی در خیابان یک نان کوچک می‌دهد. او می‌گوید شهر به اندازه مردمی خوب است که هنگام باران به یکدیگر کمک می‌کنند.",
  hebrew:
    "בכל בוקר האופה פותח את החנות שלו בשעה שש. כל הרחוב מריח מלחם טרי, והלקוחות הראשונים כבר מחכים ליד הדלת. בחורף שעבר עלה הנהר כל כך גבוה שהמים עמדו במרתף שלושה ימים. השכנים עזרו לו לשאת את הקמח למעלה, ואיש לא ביקש כסף. מאז הוא נותן לכל ילד ברחוב לחמנייה ביום הראשון של בית הספר. הוא אומר שעיר טובה רק כמו האנשים שעוזרים זה לזה כשיורד גשם.",
  hindi:
    "हर सुबह बेकर अपनी दुकान छह बजे खोलता है। पूरी गली में ताज़ी रोटी की खुशबू फैल जाती है और पहले ग्राहक दरवाज़े पर इंतज़ार करते हैं। पिछली सर्दियों में नदी इतनी चढ़ गई कि तीन दिन तक तहखाने में पानी भरा रहा। पड़ोसियों ने आटा ऊपर ले जाने में उसकी मदद की और किसी ने पैसे नहीं माँगे। तब से वह स्कूल के पहले दिन गली के हर बच्चे को एक छोटी रोटी देता है। वह कहता है कि शहर उतना ही अच्छा होता है जितने वे लोग जो बारिश में एक दूसरे की मदद करते हैं।",
  bengali:
    "প্রতিদিন সকালে রুটিওয়ালা ছয়টায় তার দোকান খোলে। সারা রাস্তায় তাজা রুটির গন্ধ ছড়িয়ে পড়ে আর প্রথম ক্রেতারা দরজায় অপেক্ষা করে। গত শীতে নদী এত উঁচু হয়েছিল যে তিন দিন ধরে ঘরের নিচে জল দাঁড়িয়ে ছিল। প্রতিবেশীরা তাকে ময়দা উপরে তুলতে সাহায্য করেছিল এবং কেউ টাকা চায়নি। তারপর থেকে সে স্কুলের প্রথম দিনে রাস্তার প্রতিটি শিশুকে একটি ছোট রুটি দেয়। সে বলে একটি শহর ততটাই ভালো যতটা ভালো সেই মানুষেরা যারা বৃষ্টির সময় একে অপরকে সাহায্য করে।",
  tamil:
    "ஒவ்வொரு காலையும் ரொட்டிக்காரர் ஆறு மணிக்குத் தன் கடையைத் திறக்கிறார். தெரு முழுவதும் புதிய ரொட்டியின் மணம் வீசுகிறது, முதல் வாடிக்கையாளர்கள் வாசலில் காத்திருக்கிறார்கள். கடந்த குளிர்காலத்தில் ஆறு உயர்ந்து மூன்று நாட்கள் நிலவறையில் தண்ணீர் நின்றது. மாவை மேலே கொண்டு செல்ல அண்டை வீட்டார் உதவினார்கள், யாரும் பணம் கேட்கவில்லை. அன்று முதல் பள்ளியின் முதல் நாளில் தெருவில் உள்ள ஒவ்வொரு குழந்தைக்கும் ஒரு சிறிய ரொட்டி கொடுக்கிறார்.",
  georgian:
    "ყოველ დილით მცხობელი თავის მაღაზიას ექვს საათზე აღებს. მთელ ქუჩას ახალი პურის სუნი ასდის და პირველი მყიდველები უკვე კართან იცდიან. გასულ ზამთარს მდინარე ისე ადიდდა, რომ წყალი სარდაფში სამი დღე იდგა. მეზობლები დაეხმარნენ ფქვილის ზემოთ ატანაში და ფული არავის უთხოვია. მას შემდეგ სკოლის პირველ დღეს ქუჩის ყველა ბავშვს პატარა პურს აძლევს.",
  armenian:
    "Ամեն առավոտ հացթուխը ժամը վեցին բացում է իր խանութը։ Ամբողջ փողոցից թարմ հացի հոտ է գալիս, և առաջին գնորդներն արդեն սպասում են դռան մոտ։ Անցած ձմռանը գետն այնպես բարձրացավ, որ ջուրը երեք օր մնաց նկուղում։ Հարևանները օգնեցին նրան ալյուրը վերև տանել, և ոչ ոք փող չուզեց։ Այդ օրվանից դպրոցի առաջին օրը նա փողոցի ամեն երեխայի մի փոքրիկ հաց է տալիս։",
  thai:
    "ทุกเช้าคนทำขนมปังเปิดร้านตอนหกโมง ทั้งถนนมีกลิ่นหอมของขนมปังสดใหม่ และลูกค้ากลุ่มแรกก็ยืนรออยู่หน้าประตูแล้ว ฤดูหนาวปีที่แล้วแม่น้ำสูงขึ้นมากจนน้ำท่วมห้องใต้ดินอยู่สามวัน เพื่อนบ้านช่วยกันขนแป้งขึ้นไปชั้นบนและไม่มีใครขอเงินเลย ตั้งแต่นั้นมาเขาให้ขนมปังก้อนเล็กแก่เด็กทุกคนบนถนนในวันแรกของการเปิดเรียน เขาบอกว่าเมืองจะดีได้ก็เท่ากับผู้คนที่ช่วยเหลือกันเมื่อฝนตก",
  korean:
    "매일 아침 빵집 주인은 여섯 시에 가게 문을 연다. 거리 전체에 갓 구운 빵 냄새가 퍼지고 첫 손님들은 벌써 문 앞에서 기다린다. 지난겨울에는 강물이 너무 불어나서 지하실에 사흘 동안 물이 차 있었다. 이웃들이 밀가루를 위층으로 옮기는 것을 도와주었고 아무도 돈을 달라고 하지 않았다. 그 뒤로 그는 학교 첫날에 거리의 모든 아이에게 작은 빵을 하나씩 준다. 그는 도시란 비가 올 때 서로 돕는 사람들만큼만 좋은 곳이라고 말한다.",
  japanese:
    "パン屋の主人は毎朝六時に店を開ける。通り全体に焼きたてのパンの香りが広がり、最初の客はもう戸口で待っている。去年の冬は川の水がとても高くなり、地下室に三日間も水がたまった。近所の人たちは小麦粉を二階へ運ぶのを手伝ってくれて、だれもお金を求めなかった。それからというもの、彼は新学期の初日に通りの子どもたち全員に小さなパンを配っている。町の良さは、雨の日に助け合う人々の良さで決まるのだと彼は言う。",
  chinese:
    "每天早上六点，面包师傅就打开店门。整条街都是新鲜面包的香味，第一批顾客已经在门口等着了。去年冬天河水涨得很高，地下室里的水三天都没有退。邻居们帮他把面粉搬到楼上，没有一个人向他要钱。从那以后，每到开学第一天，他都会送给街上的每个孩子一个小面包。他说，一座城市好不好，要看下雨的时候人们是不是互相帮助。",
};
